"""Any folder of pictures as arrays."""
