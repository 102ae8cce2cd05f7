"""What a clip is asked to be: parameters, rules, sizes and prices."""
