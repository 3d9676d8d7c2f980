"""Whose code a frame is: the application's, or a library's, where the client does not say it (most do not)."""

import re
from collections.abc import Mapping

from analytics.grouping.v2.platforms import DOTNET, GO, JAVA, JAVASCRIPT, NATIVE, PHP, PYTHON, RUBY

LIBRARY_PATHS: Mapping[str, re.Pattern[str]] = {
    PYTHON: re.compile(
        r"(?:^|/)(?:site-packages|dist-packages|lib/python\d[\d.]*|lib64/python\d[\d.]*|Python\d+/Lib|Frameworks/Python"
        r"\.framework|pypy[\d.]*)/|^<(?!string|stdin|module|ipython)|(?:^|/)(?:runpy|asyncio/\w+|concurrent/futures/\w+)\.py$"
    ),
    JAVASCRIPT: re.compile(
        r"(?:^|/|\()(?:node_modules|bower_components|\.yarn|\.pnpm)/|^(?:node|internal|native|bun):|^internal/|"
        r"^(?:chrome|moz|safari(?:-web)?|ms-browser)-extension:|\[native code\]|^webpack/(?:bootstrap|runtime)|"
        r"(?:^|[/._-])(?:vendors?|polyfills?|zone|jquery)[\w~-]*(?:[.-][\w-]+)*\.js(?:$|\?)|/~/"
    ),
    GO: re.compile(r"/(?:pkg/mod|vendor|third_party)/|^(?:vendor/)|/(?:go|golang)[\d.]*/src/|/goroot/|/libexec/src/"),
    RUBY: re.compile(r"(?:^|/)(?:gems|vendor/bundle|vendor/ruby|lib/ruby|\.rbenv|\.rvm|rubygems)/|^<internal:|\(eval"),
    PHP: re.compile(r"(?:^|/)vendor/|^\[internal\]|/usr/share/php/|/pear/"),
    DOTNET: re.compile(r"(?:^|/)(?:_/src|packages|\.nuget)/|^/_/"),
    NATIVE: re.compile(
        r"^(?:/usr/lib|/lib(?:32|64)?|/usr/libexec|/System|/Library/Developer|/apex|/system|/vendor)/|"
        r"(?i:^[a-z]:/windows/|(?:^|/)(?:ntdll|kernel(?:32|base)|ucrtbase|msvc\w+|user32|combase|dyld|libdyld|linux-vdso|"
        r"ld-linux[\w-]*|libc(?:\+\+)?|libstdc\+\+|libpthread|libm|libobjc|libdispatch|libsystem_\w+|uikit(?:core)?|"
        r"foundation|corefoundation|graphicsservices|libart|libswift\w+)(?:[.-][\w.]+)?$)|/rustc/|/\.cargo/registry/"
    ),
}
LIBRARY_MODULES: Mapping[str, re.Pattern[str]] = {
    JAVA: re.compile(
        r"^(?:java|javax|jakarta|sun|jdk|com\.sun|com\.oracle|kotlin|kotlinx|scala|groovy|akka|clojure|android|androidx|dalvik|"
        r"com\.android|com\.google\.(?:common|android|inject|firebase|gson)|libcore|org\.(?:springframework|apache|hibernate|"
        r"eclipse|junit|jboss|codehaus|slf4j|aspectj|postgresql|mariadb|jooq|mockito|glassfish|thymeleaf|quartz|xnio|"
        r"mongodb|elasticsearch|reactivestreams|gradle|redisson|graalvm|cglib|javassist)|io\.(?:netty|micronaut|quarkus|"
        r"vertx|undertow|reactivex|lettuce|grpc|ktor|micrometer|sentry|opentelemetry)|reactor|rx|okhttp3|okio|retrofit2|"
        r"feign|net\.(?:bytebuddy|sf)|com\.(?:fasterxml|zaxxer|mysql|h2database|rabbitmq|netflix|squareup|facebook|"
        r"intellij|microsoft|amazonaws)|oracle|ch\.qos|graphql|redis\.clients)(?:[.$]|$)"
    ),
    DOTNET: re.compile(
        r"^(?:System|Microsoft|mscorlib|Newtonsoft|Npgsql|MySql|MySqlConnector|Dapper|Serilog|NLog|log4net|AutoMapper|MediatR|"
        r"Polly|Castle|Autofac|Grpc|Google|Azure|Amazon|StackExchange|RestSharp|Hangfire|Quartz|NUnit|Xunit|MassTransit|"
        r"FluentValidation|Swashbuckle|Sentry|UnityEngine|Mono|Xamarin|FSharp)(?:\.|$)"
    ),
    GO: re.compile(
        r"^(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|"
        r"hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|"
        r"strings|sync|syscall|testing|text|time|unicode|unsafe|vendor)(?:/|$)"
    ),
    PYTHON: re.compile(
        r"^(?:asyncio|concurrent\.futures|threading|runpy|importlib|contextlib|functools|_bootstrap)(?:\.|$)"
    ),
    JAVASCRIPT: re.compile(r"^(?:node:|@sentry[./])"),
}
ABSENT = re.compile(r"(?!)")
NATIVE_FUNCTIONS = re.compile(
    r"^(?:std::|__cxx|__gnu|core::(?:panicking|result|option|ops)|rust_begin_unwind|alloc::|__rust|abort$|raise$|"
    r"_*libc_start|__pthread|_?start$|start_thread$|clone\d*$|__assert|gsignal$|objc_|_objc_|swift_|_?dispatch_|dyld|"
    r"operator new|__restore_rt|_sigtramp|killpg$|__fortify|memcpy$|memmove$|strlen$|malloc$|free$)"
)
DOTNET_FUNCTIONS = re.compile(r"^(?:System|Microsoft)\.")
JS_FUNCTIONS = re.compile(
    r"^(?:Promise\.(?:all|any|race)|new Promise|(?:Array|Map|Set|Function|JSON|Reflect)\.(?:\w+)$|"
    r"processTicksAndRejections|runMicrotasks|sentryWrapped|__webpack_require__|Generator\.(?:next|throw)$|eval$)"
)


def is_library(platform: str, module: str, function: str, path: str, package: str) -> bool:
    """Whether a frame is evidently of a library, of the runtime, or of the system."""
    if LIBRARY_MODULES.get(platform, ABSENT).match(module):
        return True
    paths = LIBRARY_PATHS.get(platform)
    if paths is not None and any(paths.search(place.replace("\\", "/")) for place in (path, package) if place):
        return True
    if platform == NATIVE:
        return NATIVE_FUNCTIONS.match(function) is not None
    if platform == DOTNET:
        return not module and DOTNET_FUNCTIONS.match(function) is not None
    return platform == JAVASCRIPT and JS_FUNCTIONS.match(function) is not None
