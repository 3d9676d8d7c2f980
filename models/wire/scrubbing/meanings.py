"""What each rule of scrubbing takes out, for people."""

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "secret_name": "values under a secret's name, such as password or token",
    "project_field": "values under the names in the project's settings",
    "environment": "variables of a process's environment",
    "private_key": "private keys",
    "bearer_token": "credentials of the Authorization header",
    "json_web_token": "JSON web tokens",
    "url_credentials": "user and password in a URL",
    "assignment": "values after a secret's name and an equals sign, as in query strings",
    "pair_in_quotes": "values after a secret's name in text like Python's",
    "pair_in_json": "values after a secret's name in text like JSON",
    "header": "cookies and credentials in text like HTTP's headers",
    "card_number": "numbers of payment cards",
    "social_security_number": "US social security numbers",
    "bank_account": "international bank account numbers",
    "email": "e-mail addresses",
    "address": "network addresses",
}
