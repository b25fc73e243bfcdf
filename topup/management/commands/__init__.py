"""The same commands for `python manage.py`: each module hands over to its namesake one level up."""
