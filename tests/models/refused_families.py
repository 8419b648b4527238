"""Families of transformers that may be refused, by their model type, with the reason; every other one must work."""

REFUSED = {
    "a mixture of experts": (
        "mixtral", "qwen2_moe", "qwen3_moe", "olmoe", "phimoe", "jetmoe", "granitemoe", "granitemoeshared", "gpt_oss",
        "deepseek_v2", "deepseek_v3", "dbrx", "ernie4_5_moe", "glm4_moe", "dots1", "hunyuan_v1_moe", "minimax",
        "llama4_text", "flex_olmo", "cohere2_moe", "doge",
    ),
    "recurrent, or with convolutions": (
        "mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm", "recurrent_gemma", "jamba", "zamba", "zamba2", "bamba",
        "falcon_h1", "nemotron_h", "qwen3_next", "qwen3_5_text", "lfm2", "kimi_linear", "granitemoehybrid",
        "olmo_hybrid", "convbert", "squeezebert",
    ),
    "an encoder with a decoder": (
        "bart", "mbart", "pegasus", "marian", "blenderbot", "blenderbot-small", "plbart", "mvp", "prophetnet",
        "bigbird_pegasus",
    ),
    "layers that are shared, or none that hold attention and MLP": ("albert", "xlm", "flaubert", "xlnet", "fnet"),
    "no single value for each token: relative tables, windows, hashing, downsampling": (
        "deberta", "deberta-v2", "longformer", "big_bird", "reformer", "funnel", "canine", "perceiver", "nystromformer",
        "yoso", "mra", "blt", "hrm_text", "gemma3n_text",
    ),
    "more input than text": ("luke", "layoutlm", "tapas", "cpmant"),
}  # fmt: skip
FOUND = {"layers of its own that compute with integers": ("ibert",)}
"""What the list did not foresee, and the first sweep found."""
