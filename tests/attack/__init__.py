"""What an attacker would try, tried: each test says what must hold against it (SECURITY.md)."""
