"""Unfold a GGUF file into a folder with weights, tokenizer and chat template, which can be trained.

python unfold.py model.gguf --into model
"""

import argparse
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the GGUF file")
    parser.add_argument("--into", type=Path, required=True, help="where the folder goes")
    asked = parser.parse_args()
    folder, name = asked.file.parent, asked.file.name
    # Rounding to bfloat16 is finer than the file's own quantization.
    read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.bfloat16)
    config = AutoConfig.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # one that can be saved
    model.load_state_dict(read.state_dict())
    model.save_pretrained(asked.into)
    AutoTokenizer.from_pretrained(folder, gguf_file=name).save_pretrained(asked.into)


if __name__ == "__main__":
    main()
