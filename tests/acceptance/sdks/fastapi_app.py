"""A shop on FastAPI with the unmodified sentry-sdk. Run with a DSN, a release and a port."""

import sys

import sentry_sdk
import uvicorn
from fastapi import FastAPI

dsn, release, port = sys.argv[1:]
sentry_sdk.init(dsn=dsn, release=release, environment="production")
app = FastAPI()


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


uvicorn.run(app, port=int(port))
