"""Short names of modules that a reader understands, the same across families of models."""

from __future__ import annotations

import re

from .colours import KIND_NAMES

_ATTENTION = (
    (r"query_key_value|c_attn|w?qkv(_proj)?|in_proj", "query, key, value"),
    (r"(w?q|query|q_lin)(_proj)?", "query"),
    (r"(w?k|key|k_lin)(_proj)?", "key"),
    (r"(w?v|value|v_lin)(_proj)?", "value"),
    (r"dense|c_proj|wo|o_proj|out_proj|out_lin", "attention out"),
)
_MLP = (
    (r"dense_h_to_4h|c_fc|up_proj|fc1|fc_in|w3|lin1", "MLP in"),
    (r"gate_proj|w1", "MLP gate"),
    (r"gate_up_proj", "MLP gate and in"),
    (r"dense_4h_to_h|c_proj|down_proj|fc2|fc_out|w2|lin2", "MLP out"),
)


def module_name(path: str, kind: str) -> str:
    """``layers.3.mlp.dense_h_to_4h`` → ``MLP in``; a module without a known name keeps its last name.

    Args:
        path: of the module, or its part within a layer; empty where a whole kind is meant.
        kind: ``attention``, ``mlp`` or ``norm``.
    """
    last = path.rpartition(".")[2]
    if not last:
        return KIND_NAMES[kind]
    known = {"attention": _ATTENTION, "mlp": _MLP}.get(kind, ())
    for pattern, name in known:
        if re.fullmatch(pattern, last, re.IGNORECASE):
            return name
    return f"{KIND_NAMES[kind]}: {last}"
