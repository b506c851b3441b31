"""Every way in which Teams' connector fails by its documentation, and what a network adds."""

from tests.acceptance.faults import Fault

WEATHER = {
    "400 BadArgument": Fault(400, code="BadArgument"),
    "401 BotNotRegistered": Fault(401, code="BotNotRegistered"),
    "403 BotDisabledByAdmin": Fault(403, code="BotDisabledByAdmin"),
    "403 BotNotInConversationRoster": Fault(403, code="BotNotInConversationRoster"),
    "403 ConversationBlockedByUser": Fault(403, code="ConversationBlockedByUser"),
    "403 MessageWritesBlocked": Fault(403, code="MessageWritesBlocked"),
    "403 ForbiddenOperationException": Fault(403, code="ForbiddenOperationException"),
    "403 NotEnoughPermissions": Fault(403, code="NotEnoughPermissions"),
    "403 InvalidBotApiHost": Fault(403, code="InvalidBotApiHost"),
    "404 ConversationNotFound": Fault(404, code="ConversationNotFound"),
    "404 ActivityNotFoundInConversation": Fault(404, code="ActivityNotFoundInConversation"),
    "412 PreconditionFailed": Fault(412, code="PreconditionFailed"),
    "413 MessageSizeTooBig": Fault(413, code="MessageSizeTooBig"),
    "429 Throttled, with Retry-After": Fault(429, retry_after=1),
    "429 Throttled, without": Fault(429),
    "500 ServiceError": Fault(500),
    "500, delivered all the same": Fault(500, though_delivered=True),
    "502": Fault(502),
    "502, delivered all the same": Fault(502, though_delivered=True),
    "503": Fault(503),
    "503, delivered all the same": Fault(503, though_delivered=True),
    "504": Fault(504),
    "504, delivered all the same": Fault(504, though_delivered=True),
    "no answer": Fault(how="hangs"),
    "no answer, delivered all the same": Fault(how="hangs", though_delivered=True),
    "connection lost": Fault(how="drops"),
    "connection lost, delivered all the same": Fault(how="drops", though_delivered=True),
}
"""By what the report calls them."""
