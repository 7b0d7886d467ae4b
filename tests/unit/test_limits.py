import importlib
import pkgutil
from datetime import timedelta

import pytest

from cabinet import domain
from cabinet.domain import limits
from cabinet.domain.limits import Limit

MODULES = [importlib.import_module(x.name) for x in pkgutil.iter_modules(domain.__path__, "cabinet.domain.")]
FOUND = {x for module in MODULES for x in vars(module).values() if isinstance(x, Limit)}
ALL = sorted(FOUND, key=lambda limit: limit.bucket)


def test_every_bucket_is_one_limits_own() -> None:
    buckets = [limit.bucket for limit in ALL]
    assert len(buckets) == len(set(buckets)) > 15


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.bucket)
def test_a_bucket_fits_its_column_and_lets_somebody_try(limit: Limit) -> None:
    assert 0 < len(limit.bucket) <= 32
    assert limit.most >= 1
    assert limit.within >= timedelta(minutes=1)


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.bucket)
def test_no_try_is_forgotten_while_a_limit_counts_it(limit: Limit) -> None:
    assert limit in limits.LASTING or limit.within <= limits.LONGEST


@pytest.mark.parametrize(
    ("limit", "most", "within"),
    [
        (limits.SIGN_IN_LOGIN, 10, timedelta(minutes=5)),
        (limits.CODE_MINUTE, 1, timedelta(minutes=1)),
        (limits.CODE_DAY, 5, timedelta(days=1)),
        (limits.PIN_ACCOUNT_HOUR, 5, timedelta(hours=1)),
        (limits.SERIAL_ACCOUNT_DAY, 5, timedelta(days=1)),
    ],
)
def test_what_is_promised_in_words_is_what_is_counted(limit: Limit, most: int, within: timedelta) -> None:
    assert (limit.most, limit.within) == (most, within)
