"""People with an account: who they are, how they sign in, what they may."""
