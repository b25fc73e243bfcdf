"""What the tests share: a second opinion on the rules, samples, and a real installation."""
