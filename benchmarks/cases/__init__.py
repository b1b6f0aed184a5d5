"""The benchmark cases, one file each; a file here is found without being named anywhere."""
