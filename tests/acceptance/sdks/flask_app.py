"""A shop on Flask with the unmodified sentry-sdk. Run with a DSN, a release and a port."""

import sys

import sentry_sdk
from flask import Flask

dsn, release, port = sys.argv[1:]
sentry_sdk.init(dsn=dsn, release=release, environment="production")
app = Flask(__name__)


@app.get("/")
def index() -> str:
    return "ok"


@app.get("/handled")
def handled() -> str:
    try:
        int("a voucher that is not valid")
    except ValueError as error:
        sentry_sdk.capture_exception(error)
    return "ok"


@app.get("/crash")
def crash() -> str:
    raise ZeroDivisionError("a total of nothing")


app.run(port=int(port), threaded=True)
