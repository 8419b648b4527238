"""The compiled loops for means, percentiles and deviations of sorted responses."""

# mypy: disable-error-code="assignment,no-untyped-def"

import numpy as np

from .kernel import SUM_IN_ANY_ORDER, compiled


@compiled(SUM_IN_ANY_ORDER)
def _mean_and_deviation(row):
    """Mean and unbiased standard deviation in one pass: |mean - median| <= deviation, so nothing cancels."""
    count = row.shape[0]
    centre = np.float64(row[count // 2])
    total = 0.0
    squares = 0.0
    for i in range(count):
        distance = row[i] - centre
        total += distance
        squares += distance * distance
    if count < 2:
        return centre, np.nan
    return centre + total / count, np.sqrt(max(squares - total * total / count, 0.0) / (count - 1))


@compiled(SUM_IN_ANY_ORDER)
def _quantile_correlation(x, y, x_low, x_part, y_low, y_part):
    count = x_low.shape[0]
    if count < 2 or x[0] == x[-1] or y[0] == y[-1]:
        return np.nan
    x_centre, y_centre = np.float64(x[x.shape[0] // 2]), np.float64(y[y.shape[0] // 2])
    sum_x = sum_y = sum_xx = sum_yy = sum_xy = 0.0
    for k in range(count):
        i, j = x_low[k], y_low[k]
        a = x[i] + x_part[k] * (np.float64(x[i + 1]) - x[i]) - x_centre
        b = y[j] + y_part[k] * (np.float64(y[j + 1]) - y[j]) - y_centre
        sum_x += a
        sum_y += b
        sum_xx += a * a
        sum_yy += b * b
        sum_xy += a * b
    covariance = sum_xy - sum_x * sum_y / count
    spread = np.sqrt((sum_xx - sum_x * sum_x / count) * (sum_yy - sum_y * sum_y / count))
    return min(covariance / spread, 1.0)


@compiled()
def _percentile(row, share):
    place = share * (row.shape[0] - 1)
    low = int(place)
    high = min(low + 1, row.shape[0] - 1)
    return row[low] + (place - low) * (np.float64(row[high]) - row[low])


@compiled()
def moment_rows(on, off, on_low, on_part, off_low, off_part, out):
    """Rows 3 to 9 of `out`: on_mean, on_p50, on_p90, off_mean, on_std, off_std, quantile_correlation."""
    for unit in range(on.shape[0]):
        x, y = on[unit], off[unit]
        out[3, unit], out[7, unit] = _mean_and_deviation(x)
        out[4, unit] = _percentile(x, 0.5)
        out[5, unit] = _percentile(x, 0.9)
        out[6, unit], out[8, unit] = _mean_and_deviation(y)
        out[9, unit] = _quantile_correlation(x, y, on_low, on_part, off_low, off_part)
