"""`fit_model`: the plan that suits machine and network, and the loop that carries it out."""
