"""What moves between this disk and Planhat: the pull, the delivery, the engine that runs both."""
