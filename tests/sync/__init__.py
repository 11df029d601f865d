"""What moves between this disk and Planhat, played against the sandbox."""
