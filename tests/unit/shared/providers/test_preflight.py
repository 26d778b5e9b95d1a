import pytest

from shared.errors import NoApiKey
from shared.providers import (
    CredentialsRefused,
    ProviderRejected,
    ProviderUnavailable,
    ProviderUnusable,
    RateLimited,
    check_models_listed,
)


class Lister:
    def __init__(self, *names, error=None):
        self.base_url = "https://peer.example/v1/"
        self.names, self.error, self.asked = frozenset(names), error, 0

    def model_names(self):
        self.asked += 1
        if self.error:
            raise self.error
        return self.names


def check(wanted, **listers):
    check_models_listed(wanted, listers.__getitem__, "the vault")


def test_each_provider_is_asked_once_for_all_of_its_models():
    one, other = Lister("m1", "m2", "m9"), Lister("m3")
    check([("one", "m1"), ("other", "m3"), ("one", "m2")], one=one, other=other)
    assert (one.asked, other.asked) == (1, 1)


def test_every_model_that_is_not_listed_is_named_with_where_it_was_looked_for():
    with pytest.raises(ProviderUnusable, match=r"https://peer\.example/v1/ does not list m2, m4"):
        check([("one", "m1"), ("one", "m2"), ("one", "m4")], one=Lister("m1"))


def test_a_provider_that_lists_nothing_will_do():
    check([("one", "m1")], one=Lister())


def test_a_refused_key_is_named_by_where_it_is_kept():
    with pytest.raises(ProviderUnusable, match="refuses the key in the vault"):
        check([("one", "m1")], one=Lister(error=CredentialsRefused("401")))


def test_an_answer_that_is_none_is_the_address_s_fault():
    with pytest.raises(ProviderUnusable, match="check the address"):
        check([("one", "m1")], one=Lister(error=ProviderRejected("404")))


@pytest.mark.parametrize(
    "error", [ProviderUnavailable("503"), RateLimited("429"), NoApiKey("none")]
)
def test_what_may_pass_and_what_was_never_asked_is_left_as_it_is(error):
    with pytest.raises(type(error)):
        check([("one", "m1")], one=Lister(error=error))
