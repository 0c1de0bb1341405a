"""Settings of all tests: hypothesis draws the same examples everywhere, so that a test run can be repeated."""

import os

from hypothesis import HealthCheck, settings

# Random examples belong to the session `fuzz`; what it finds is kept as a named case.
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
