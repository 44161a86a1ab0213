"""How the networks that come with the widgets were trained."""
