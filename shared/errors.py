"""Every error the product raises on purpose belongs to one of three families.

Step Functions sees the class name, so the names are part of the state machine. `BadInput` is what
the caller must change, `Transient` is worth another try, and everything else ends the run.
"""


class EconChatRError(Exception):
    """A failure with a sentence for a person: what was wrong, with the value, and what to do."""


class BadInput(EconChatRError):
    """The caller's settings, show, files or addresses must change before another try."""


class Transient(EconChatRError):
    """The outside world failed in a way that another try may cure."""


class UnknownField(BadInput):
    """A settings object has a field that does not exist."""


class InvalidField(BadInput):
    """A field's value is of the wrong kind or out of range."""


class UnknownShow(BadInput):
    """No packaged profile, file or object has this show's name."""


class UnknownModel(BadInput):
    """The catalogue has no such model."""


class MissingPrice(BadInput):
    """A model has no price for something the run would buy; unknown is never free."""


class PriceTooOld(BadInput):
    """A price was looked up too long ago to be believed."""


class ModelShutdown(BadInput):
    """The provider switches the model off within the show's horizon."""


class RightsMissing(BadInput):
    """A paid run needs a show with both `rights` and `consent`."""


class NoApiKey(BadInput):
    """There is no key for a provider that the run would ask."""


class SpendCeilingReached(EconChatRError):
    """Money would pass a ceiling; the message carries both numbers."""


class TooManyFailures(EconChatRError):
    """More of the show's episodes failed than its profile tolerates."""


class TooLittleRead(EconChatRError):
    """So few of the show's episodes can be read that its profile tells the run to stop before it buys."""


class AwsUnavailable(Transient):
    """A service of AWS could not be reached, was in trouble, or asked to be called less often."""


class FileContended(Transient):
    """Other runs kept replacing a file of the lake while this one tried to."""


class PairsReplaced(Transient):
    """Another run of the show, with other must-have patterns, replaced the pairs this one was reading."""


class TooFewPairs(EconChatRError):
    """The corpus has fewer usable pairs than the provider accepts."""
