"""TopUpEngine: prepaid credit for resellers of mobile airtime, with books that prove themselves."""
