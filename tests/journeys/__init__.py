"""Whole jobs as a person does them: keys in, what is seen out, and a picture of the end."""
