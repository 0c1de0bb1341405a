"""Settings of all tests: the same examples everywhere, so that a run can be repeated, and signals as in a shell."""

import os
import signal
import threading

from hypothesis import HealthCheck, settings

# Random examples belong to the session `fuzz`; what it finds is kept as a named case.
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell starts jobs in the background with Ctrl-C ignored, and whatever they start inherits that.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
