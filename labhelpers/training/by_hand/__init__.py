"""The network in NumPy, written out, and the checks of its gradients."""
