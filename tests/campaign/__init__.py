"""The fault campaign: random schedules of everything that may go wrong while money is spent.

The buying code runs over the real `openai` client against the real stand-in, in one process and in
simulated time. `judge.run_campaign(seeds)` counts what must not happen by the stand-in's own bill.
"""
