"""What can go wrong with the embedded server. Each message says what to do about it."""


class ClusterError(RuntimeError):
    """The embedded server could not be made, started or stopped. The message is for the operator."""


class HomeInUse(ClusterError):
    """Another process holds this `TOPUP_HOME`."""
