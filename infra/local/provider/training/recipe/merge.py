"""Write the adapter into its model, for a server that takes no adapters.

python merge.py --adapter adapter --into merged
"""

import argparse

from peft import AutoPeftModelForCausalLM
from transformers import AutoTokenizer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--adapter", default="adapter", help="what train.py wrote")
    parser.add_argument("--into", default="merged", help="where the model goes")
    asked = parser.parse_args()
    adapted = AutoPeftModelForCausalLM.from_pretrained(asked.adapter, dtype="auto")
    adapted.merge_and_unload().save_pretrained(asked.into)
    AutoTokenizer.from_pretrained(asked.adapter).save_pretrained(asked.into)


if __name__ == "__main__":
    main()
