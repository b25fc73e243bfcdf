"""The tests of TopUpEngine. `conftest.py` says what they stand on and what they may use."""
