"""A random GPT-NeoX of two layers whose tokens are bytes: it proves plumbing, not meaning."""

from pathlib import Path


def write_byte_model(folder: Path, noise: float = 0.0, starts: bool = False, **shape) -> Path:
    """Write it as `save_pretrained` does; token 0 ends a text, and begins one where it `starts` too."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedTokenizerFast

    letters = ("<|end|>", *sorted(pre_tokenizers.ByteLevel.alphabet()))
    raw = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    raw.add_special_tokens(["<|end|>"])
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    ends = {"eos_token": "<|end|>"} | ({"bos_token": "<|end|>"} if starts else {})
    tokens = {"vocab_size": len(letters), "eos_token_id": 0, "bos_token_id": 0 if starts else None}
    torch.manual_seed(0)
    model = GPTNeoXForCausalLM(GPTNeoXConfig(num_hidden_layers=2, **tokens, **shape))
    for parameter in model.parameters():
        parameter.data += noise * torch.randn_like(parameter)
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=raw, **ends).save_pretrained(folder)
    return folder
