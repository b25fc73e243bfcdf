"""The English sentences of what lies under the console, for the catalogue of translations.

They say what a mapping, a file or a gateway can't be, and what a case tells of a settlement. Owns their
patterns, marked so that our catalogue has them. They are the words of the code that says them;
`tests/console/test_retelling.py` reads that code and fails on a sentence that is not here.
"""

from django.utils.translation import gettext_noop as _

OF_MAPPINGS = (
    _("The mapping: %(reason)s."),
    _("The mapping is not JSON: %(reason)s."),
    _("The mapping has a state column: say in `delivered` which words mean delivered."),
    _("The mapping says that %(word)s means delivered and failed."),
    _("The mapping's thousands separator is a digit, a letter or the delimiter itself."),
    _("The mapping's delimiter is a quote or the end of a line."),
    _("There is no encoding %(encoding)s; try utf-8-sig or cp1256."),
    _(
        "The file has no column %(column)s, which the mapping says is the %(field)s. "
        "Its columns are: %(columns)s. Correct the mapping, or its delimiter."
    ),
    _(
        "The file has more than one column %(column)s, which the mapping says is the %(field)s. "
        "Its columns are: %(columns)s. Correct the mapping, or its delimiter."
    ),
    _("Without a header the %(field)s is the number of a column from 1 to %(most)s, not %(column)s."),
    _("There is no time zone %(zone)s; try Asia/Tehran."),
    _("There is no operator %(code)s; there are %(codes)s."),
    _(
        "No mapping is kept under %(name)s (kept are: %(names)s). Make one in the console under "
        "Settlement mappings; `topup settle import` also takes a JSON file: --mapping ./columns.json."
    ),
)
OF_LINES = (
    _("line %(number)s: %(reason)s"),
    _("has %(columns)s columns, and the mapping needs %(needed)s"),
    _("has no reference"),
    _("the state %(written)s is not in the mapping's words"),
    _("the amount %(written)s is not a whole number of rials"),
    _("the amount %(written)s is not a whole number of tomans"),
    _("the time %(written)s is not like %(format)s"),
)
OF_GATEWAYS = (
    _("a configuration has at most %(most)s characters"),
    _("remove the character \\u0000, which PostgreSQL can't keep"),
    _("a name has 1 to 50 letters, digits, dashes and underscores"),
    _("a secret has %(least)s to %(most)s characters"),
    _("a secret has printable ASCII characters only"),
    _("name at most %(most)s hosts"),
    _("write names of hosts such as gateway.internal or 10.0.0.7"),
    _("a number from 1 to %(most)s"),
    _("is required"),
    _("is not known here: remove it, or correct its name"),
    _("is not one of %(names)s"),
    _("%(gateway)s delivers in the sale itself and is never asked"),
    _("%(gateway)s has no connection: it sends nothing"),
    _("%(gateway)s can't be used for %(operator)s yet: set its connection first (%(reason)s)"),
    _("keep at most %(most)s"),
    _("names the secret %(secret)s, which is not set: add it to secrets"),
    _("the secret %(secret)s is not set: add it to secrets"),
    _("%(reason)s; name the host in allowed_hosts if it is yours"),
    _("%(reason)s; name it in allowed_hosts if it is yours"),
    _("use https://, or name the host in allowed_hosts"),
    _("this is no URL: %(error)s"),
    _("the URL must begin with https:// or http:// and a host"),
    _(
        "%(host)s leads to %(address)s, which is no address of the open internet; "
        "only hosts that are allowed by name may have one"
    ),
)
OF_HTTP_JSON = (
    _("name the field of the answer that tells what became of the order"),
    _('say what its values mean, such as {"OK": "delivered"}'),
    _("write HTTP statuses such as 404"),
    _("2xx tells nothing, because a proxy's page has it too: map a field"),
    _("name the secret that signs"),
    _("%(name)s is no header's name"),
    _("a GET has none"),
    _("%(names)s is set by us: remove it"),
    _("write printable ASCII characters only"),
    _("begin with https:// and the operator's host, which no place stands for"),
    _("put names and passwords into headers, as {secret:NAME}"),
    _("name the fields of reference and result, and what the values mean"),
    _("a callback may say %(words)s"),
    _("a %(call)s may be answered %(words)s"),
    _("nest it at most %(most)s levels deep"),
    _("%(place)s is not known here; there are %(places)s"),
    _("a brace stands for nothing; write a place such as {reference}"),
)
OF_SHAPES = (
    _("expected `%(wanted)s`, got `%(given)s`"),
    _("expected `%(wanted)s` of length >= %(least)s"),
    _("expected `%(wanted)s` of length <= %(most)s"),
    _("expected `%(wanted)s` >= %(least)s"),
    _("expected `%(wanted)s` <= %(most)s"),
    _("expected `%(wanted)s` > %(below)s"),
    _("object missing required field `%(field)s`"),
    _("object contains unknown field `%(field)s`"),
    _("invalid enum value %(value)s"),
)
"""What msgspec says of a JSON value that has another shape."""
OF_SETTLEMENTS = (
    _("%(finding)s. Settlement file %(file)s (%(id)s), line %(number)s: %(told)s"),
    _("Settlement file %(file)s (%(id)s), line %(number)s: %(told)s"),
    _("sold %(amount)s to %(phone)s at %(moment)s; not in settlement file %(file)s (%(id)s) of %(day)s"),
    _("we know no such recharge"),
    _("we sold it through %(operator)s"),
    _("delivered %(count)s times by the file, and sold once"),
    _("sold for %(ours)s, and the file has %(theirs)s"),
    _("%(state)s with us, and %(said)s by the file"),
    _("%(state)s by the file, and it could not be settled so: %(outcome)s"),
)
TOLD = (
    _("reference %(value)s"),
    _("operator's reference %(value)s"),
    _("number %(value)s"),
    _("amount %(value)s"),
    _("time %(value)s"),
    _("delivered %(count)s of %(whole)s lines"),
)
"""The parts of `%(told)s`, which commas separate."""
PLACED = _("%(place)s: %(reason)s")
"""A sentence about one part of what was sent, named as programs name it."""
SENTENCES = (*OF_MAPPINGS, *OF_LINES, *OF_GATEWAYS, *OF_HTTP_JSON, *OF_SHAPES, *OF_SETTLEMENTS, *TOLD)
