"""One suite for the contract with Planhat, over the adapter and over plain HTTP."""
