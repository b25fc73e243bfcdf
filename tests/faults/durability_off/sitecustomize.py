"""Takes away, in the processes of a control and nowhere else, what keeps the embedded server's fsync on.

It is on the PYTHONPATH of that one installation; Python imports it before anything else.
"""

from topup.embedded import configuration

configuration.DURABILITY.pop("fsync")
