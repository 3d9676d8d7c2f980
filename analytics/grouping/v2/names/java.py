"""Java, Kotlin, Scala, Groovy: classes that a container makes of ours, lambdas, coroutines."""

import re

GENERATED = re.compile(
    r"(?:\$\$?(?:EnhancerBy|FastClassBy|KeyFactoryBy|Spring|Enhancer|FastClass|Lambda|Proxy|Hibernate|ByteBuddy|Mockito|"
    r"_?Weld|Jdk)|_\$\$_|__\w*Proxy|_(?:Subclass|ClientProxy)$).*$"
)
INNER = re.compile(r"\$(?:\d+|\$?anon(?:fun)?|closure|Companion|DefaultImpls)\b.*$|_closure\d.*$|\$$")
LAMBDA = re.compile(r"^(?:lambda|access|\$anonfun)\$(.+?)(?:\$\d+)*$")
SUFFIX = re.compile(r"\$(?:\d+|suspendImpl|default|lambda|impl|adapted).*$|-[0-9a-zA-Z_]{7}$")
COROUTINE = frozenset({"invokeSuspend", "doCall"})


def clean(module: str, function: str) -> tuple[str, str]:
    if function in COROUTINE:
        # The class is named after the function that it was made of: `Orders$load$1`.
        module, _, rest = module.partition("$")
        return module, rest.partition("$")[0] or function
    if found := LAMBDA.match(function):
        function = "" if found[1].isdigit() or found[1] == "new" else found[1]
    return INNER.sub("", GENERATED.sub("", module)), SUFFIX.sub("", function)
