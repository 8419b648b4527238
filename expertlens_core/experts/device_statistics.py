"""Statistics of units on the device that holds the responses: the same table as on the CPU, in torch."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from .statistics import COLUMNS, RANK_COLUMNS, quantile_places
from .ties import WIDTH

_BYTES_PER_RESPONSE = 96
_CPU_BLOCK_BYTES = 64 << 20
_DEVICE_BLOCK_BYTES = 1 << 30


def device_statistics(
    on: Sequence[torch.Tensor],
    off: Sequence[Any],
    *,
    on_rows: np.ndarray | None = None,
    off_rows: np.ndarray | None = None,
    weight: float = 1.0,
    tolerance: float = 0.0,
    ranks_only: bool = False,
    block: int | None = None,
    float64: bool | None = None,
) -> np.ndarray:
    """Table `[columns, units]` float64 of the units of all modules (see `statistics.COLUMNS`).

    A block of units is sorted on the device, and the place of each positive among the sorted negatives is
    searched there: whole numbers, hence exact. They become AP in float64, on the device itself, or on the CPU
    where the device has no float64 (MPS); then only these counts travel, never the responses. Nothing waits
    for the device before the last block of the last module, save those counts.

    Args:
        on: per module, `[positives, width]` tensor; its device does the work.
        off: per module, `[negatives, width]` tensor, or a numpy array that is moved block by block.
        on_rows, off_rows, weight, tolerance, ranks_only: as for `statistics.cpu_statistics`.
        block: units worked on at once; None fits them to the device's free memory, and fewer are taken where
            that was too many.
        float64: whether the device calculates in float64; None asks its type. Without it the moments are
            float32.
    """
    device = on[0].device
    wide = torch.float64 if (device.type != "mps" if float64 is None else float64) else torch.float32
    home = device if wide == torch.float64 else torch.device("cpu")
    x_rows, y_rows = _row_tensor(on_rows, device), _row_tensor(off_rows, device)
    positives = on[0].shape[0] if x_rows is None else len(x_rows)
    negatives = off[0].shape[0] if y_rows is None else len(y_rows)
    grids = [
        torch.as_tensor(part, dtype=torch.int64 if whole else wide, device=device)
        for pair in (quantile_places(positives, negatives), quantile_places(negatives, positives))
        for part, whole in zip(pair, (True, False))
    ]
    units = sum(values.shape[1] for values in on)
    rows = RANK_COLUMNS if ranks_only else len(COLUMNS)
    table = torch.empty((rows, units), dtype=torch.float64, device=home)
    size = block or _block_size(positives + negatives, device)

    def fill(module: int, first: int, last: int, part: torch.Tensor) -> None:
        x = _sorted_block(on[module], x_rows, on_rows, first, last, device)
        y = _sorted_block(off[module], y_rows, off_rows, first, last, device)
        if not ranks_only:
            part[RANK_COLUMNS:] = torch.stack(list(_moments(x, y, grids, wide))).to(home)
        if tolerance:
            x, y = _tied(x, y, tolerance, wide)
        part[:RANK_COLUMNS] = torch.stack(list(_ranks(x, y, weight, home)))

    start = 0
    for module, values in enumerate(on):
        first, width = 0, values.shape[1]
        while first < width:
            last = min(first + size, width)
            try:
                fill(module, first, last, table[:, start + first : start + last])
            except torch.OutOfMemoryError:
                if size == 1:
                    raise
                size = max(1, size // 2)
                continue
            first = last
        start += width
    return table.cpu().numpy()


def _tied(
    x: torch.Tensor, y: torch.Tensor, tolerance: float, wide: torch.dtype
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sorted rows with the responses of one level made equal (see `ties`); rows without numbers stay as they are."""
    negatives = y.shape[1]
    scale = torch.maximum(y[:, negatives // 4].abs(), y[:, 3 * negatives // 4].abs()).to(wide)[:, None]
    values, order = torch.cat([x, y], dim=1).sort(dim=1)
    wider = values.to(wide)
    far = wider.diff(dim=1) > tolerance * torch.maximum(wider[:, 1:].abs(), scale)
    places = torch.arange(values.shape[1], device=values.device).expand(values.shape)
    start = torch.where(torch.nn.functional.pad(far, (1, 0), value=True), places, 0).cummax(dim=1).values
    first = wider.gather(1, start)
    step = (wider - first).div(WIDTH * tolerance * torch.maximum(first.abs(), scale)).nan_to_num(0.0).floor()
    cut = torch.nn.functional.pad(far | (step.diff(dim=1) != 0), (1, 0), value=True)
    level = torch.where(cut, places, 0).cummax(dim=1).values
    levels = torch.where(values.isfinite(), values.gather(1, level), values)
    tied = torch.empty_like(values).scatter_(1, order, levels)
    return tied[:, : x.shape[1]].contiguous(), tied[:, x.shape[1] :].contiguous()


def _ranks(x: torch.Tensor, y: torch.Tensor, weight: float, home: torch.device) -> Iterator[torch.Tensor]:
    """AP, AUROC and reweighted AP `[units]` float64 from sorted rows `[units, sentences]`."""
    positives, negatives = x.shape[1], y.shape[1]
    below = torch.searchsorted(y, x, out_int32=True)
    pairs = (below + torch.searchsorted(y, x, right=True, out_int32=True)).sum(1, dtype=torch.int64).to(home)
    hits = (positives - torch.searchsorted(x, x, out_int32=True)).to(home).to(torch.float64)
    above = (negatives - below).to(home).to(torch.float64)
    finite = (x[:, 0].isfinite() & x[:, -1].isfinite() & y[:, 0].isfinite() & y[:, -1].isfinite()).to(home)
    constant = (x[:, 0] == x[:, -1]).to(home)
    ap = _mean_precision(hits, above, constant)
    yield torch.where(finite, ap, torch.nan)
    yield torch.where(finite, pairs.to(torch.float64) / (2.0 * positives * negatives), torch.nan)
    if weight != 1.0:
        ap = _mean_precision(hits * weight, above, constant)
    yield torch.where(finite, ap, torch.nan)


def _mean_precision(hits: torch.Tensor, above: torch.Tensor, constant: torch.Tensor) -> torch.Tensor:
    precision = hits / (hits + above)
    return torch.where(constant, precision[:, 0], precision.mean(1))


def _moments(
    x: torch.Tensor, y: torch.Tensor, grids: list[torch.Tensor], wide: torch.dtype
) -> Iterator[torch.Tensor]:
    """on_mean, on_p50, on_p90, off_mean, on_std, off_std, quantile_correlation `[units]`."""
    on_mean, on_std = _mean_and_deviation(x, wide)
    off_mean, off_std = _mean_and_deviation(y, wide)
    yield on_mean
    yield _percentile(x, 0.5, wide)
    yield _percentile(x, 0.9, wide)
    yield off_mean
    yield on_std
    yield off_std
    on_low, on_part, off_low, off_part = grids
    if len(on_low) < 2:
        yield torch.full_like(on_mean, torch.nan)
        return
    a, b = _centred_quantiles(x, on_low, on_part), _centred_quantiles(y, off_low, off_part)
    spread = ((a * a).sum(1) * (b * b).sum(1)).sqrt()
    constant = (x[:, 0] == x[:, -1]) | (y[:, 0] == y[:, -1])
    yield torch.where(constant, torch.nan, ((a * b).sum(1) / spread).clamp(max=1.0))


def _mean_and_deviation(values: torch.Tensor, wide: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    count = values.shape[1]
    centre = values[:, count // 2].to(wide)
    if count < 2:
        return centre, torch.full_like(centre, torch.nan)
    scale = _range(values, wide)
    distance = (values.to(wide) - centre[:, None]) / scale[:, None]
    total = distance.sum(1)
    variance = ((distance * distance).sum(1) - total * total / count).clamp(min=0.0) / (count - 1)
    return centre + scale * total / count, scale * variance.sqrt()


def _range(values: torch.Tensor, wide: torch.dtype) -> torch.Tensor:
    # Squares of large responses leave float32; divided by their range they do not.
    width = values[:, -1].to(wide) - values[:, 0].to(wide)
    return torch.where(width == 0, 1.0, width)


def _percentile(values: torch.Tensor, share: float, wide: torch.dtype) -> torch.Tensor:
    place = share * (values.shape[1] - 1)
    low = int(place)
    high = min(low + 1, values.shape[1] - 1)
    bottom, top = values[:, low].to(wide), values[:, high].to(wide)
    return bottom + (place - low) * (top - bottom)


def _centred_quantiles(values: torch.Tensor, low: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    bottom = values.index_select(1, low).to(part.dtype)
    quantiles = bottom + part * (values.index_select(1, low + 1).to(part.dtype) - bottom)
    quantiles = quantiles / _range(values, part.dtype)[:, None]
    return quantiles - quantiles.mean(1, keepdim=True)


def _sorted_block(
    values: Any,
    rows: torch.Tensor | None,
    numbers: np.ndarray | None,
    first: int,
    last: int,
    device: torch.device,
) -> torch.Tensor:
    """`[units, sentences]` rows sorted upwards."""
    if isinstance(values, np.ndarray):
        columns = values[:, first:last]
        chosen = torch.from_numpy(np.array(columns if numbers is None else np.take(columns, numbers, axis=0)))
        chosen = chosen.to(device)
    else:
        columns = values[:, first:last].to(device)
        chosen = columns if rows is None else columns.index_select(0, rows)
    if chosen.dtype not in (torch.float32, torch.float64):
        chosen = chosen.to(torch.float32)
    return chosen.t().contiguous().sort(dim=1).values


def _row_tensor(rows: np.ndarray | None, device: torch.device) -> torch.Tensor | None:
    return None if rows is None else torch.as_tensor(np.asarray(rows, dtype=np.int64), device=device)


def _block_size(sentences: int, device: torch.device) -> int:
    budget = _CPU_BLOCK_BYTES
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        budget = min(_DEVICE_BLOCK_BYTES, free // 4)
    elif device.type == "mps":
        budget = _DEVICE_BLOCK_BYTES // 4
    return max(1, budget // (sentences * _BYTES_PER_RESPONSE))
