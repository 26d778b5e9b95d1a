"""Ask a model behind OpenAI's protocol the show's questions; the answers go to standard output as CSV.

python ask.py --base-url http://127.0.0.1:8000/v1 --model host > answers.csv
"""

import argparse
import csv
import json
import os
import sys
from pathlib import Path

import openai

HERE = Path(__file__).resolve().parent


def main() -> None:
    asked = arguments()
    client = openai.OpenAI(
        base_url=asked.base_url, api_key=os.environ.get("OPENAI_API_KEY", "none")
    )
    out = csv.writer(sys.stdout)
    out.writerow(("question", "answer", "arm", "model"))
    for item in json.loads((HERE.parent / "questions.json").read_text("utf-8")):
        reply = client.chat.completions.create(
            model=asked.model,
            messages=item["messages"],
            max_tokens=asked.max_tokens,
            temperature=asked.temperature,
            seed=asked.seed,
        )
        out.writerow(
            (item["question"], reply.choices[0].message.content or "", "tuned", asked.model)
        )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--base-url", required=True, help="where the model is served")
    parser.add_argument("--model", required=True, help="its name there")
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=2012)
    return parser.parse_args()


if __name__ == "__main__":
    main()
