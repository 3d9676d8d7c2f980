"""Python: some clients name a function by its class and the function around it, most by its own name alone."""


def clean(module: str, function: str) -> tuple[str, str]:
    return module, function.rpartition(".")[2].removesuffix("()")
