"""A shop on Django with the unmodified sentry-sdk. Run with a DSN, a release and a port."""

import sys

import sentry_sdk
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

dsn, release, port = sys.argv[1:]
sentry_sdk.init(dsn=dsn, release=release, environment="production")


def index(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def handled(_request: HttpRequest) -> HttpResponse:
    try:
        int("a voucher that is not valid")
    except ValueError as error:
        sentry_sdk.capture_exception(error)
    return HttpResponse("ok")


def crash(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("a total of nothing")


urlpatterns = [path("", index), path("handled", handled), path("crash", crash)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True)
application = get_wsgi_application()
settings.WSGI_APPLICATION = f"{__name__}.application"
call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)
