"""The office of the configuration, as citizens are told of it."""

from bot.config import Config
from handlers.compose import Office


def office_of(config: Config) -> Office:
    return Office(
        address=config.office.address,
        duty=config.office.duty,
        controller=config.office.controller,
        public_url=config.public_url,
    )
