"""What the stand-in answers to who asks as one asks Amazon Bedrock."""
