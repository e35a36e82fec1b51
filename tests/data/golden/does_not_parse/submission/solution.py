def total(values)
    return 1
