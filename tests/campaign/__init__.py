"""The fault campaign: random schedules of everything that may go wrong while money is spent.

`judge.run_campaign(seeds)` runs them and counts what must not happen by the provider's own bill.
"""
