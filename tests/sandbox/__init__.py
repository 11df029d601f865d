"""The sandbox as what it is: a Planhat of your own, with its limit, its data and its process."""
