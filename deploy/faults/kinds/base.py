"""What a kind of fault is made of."""
import time


class Fault:
    """Breaks one thing and mends it, as often as it is told to."""

    name = what = family = ""
    # In a short run: always, maybe (one of the family is drawn) or never.
    short = "maybe"
    # No request may fail at all.
    zero = False
    # Seconds within which everything is to be well again.
    limit = 10
    # Slow ones are made less often than others, but each at least once.
    share = 1.0

    def __init__(self, campaign):
        self.campaign, self.system, self.load, self.random = campaign, campaign.system, campaign.load, campaign.random
        # When the cause was gone, if that was not when `heal` returned.
        self.healed_at = None

    @classmethod
    def obstacle(cls):
        """Why it cannot be made on this machine; None when it can."""

    @classmethod
    def make(cls, campaign):
        return cls(campaign)

    @classmethod
    def times(cls, times):
        return max(1, round(times * cls.share))

    def break_it(self):
        raise NotImplementedError

    def heal(self):
        """Takes the cause away; returns when it is gone."""

    def finish(self):
        """Once, after the last time, whatever happened."""

    def hold(self, shortest, longest=None):
        time.sleep(self.random.uniform(shortest, longest or shortest))
