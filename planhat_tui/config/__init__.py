"""As whom we speak and how we look: profiles, secrets, guardrails, themes, paths."""
