"""What somebody is, in place of a name: `Host`, `Guest 2`, `Moderatorin`, `Speaker 1`, a break, a clip."""

import re

_HOSTS = (
    r"host(?:ess)?|presenter|interviewer|moderator|gastgeber(?:in)?|moderatorin|interviewerin"
    r"|presentadora?|entrevistadora?|conductora?|moderadora?|animateur|animatrice|pr[eé]sentateur|pr[eé]sentatrice"
    r"|intervieweu(?:r|se)|conduttore|conduttrice|intervistatore|intervistatrice|presentatore|presentatrice"
    r"|apresentadora?|presentator|programledare|programleder|vært|juontaja|prowadząc[ya]"
    r"|moderátorka|moderátor|ведущ(?:ий|ая)|интервьюер|主持人|主持|主播|采访者|記者|记者|司会者?|聞き手|ホスト|진행자|사회자"
)
_GUESTS = (
    r"guest|gast|gästin|invitad[oa]|entrevistad[oa]|invitée?|ospite|intervistat[oa]|convidad[oa]|gäst|gjest|gæst"
    r"|vieras|gość|гость|гостья|嘉宾|來賓|来宾|ゲスト|게스트"
)
_OTHERS = (
    r"co-?host|co-?presenter|speaker|interviewee|narrator|announcer|caller|listener|audience(?: member)?"
    r"|participant|panell?ist|attendee|voice|producer|unknown|unidentified|man|woman|male|female|translator"
    r"|interpreter|operator|byline|editor|all|both|everyone|everybody|q|a"
    r"|sprecher(?:in)?|hörer(?:in)?|publikum|stimme|befragte[r]?|locutora?|oyente|público|voz"
    r"|auditeur|auditrice|journaliste|voix|voce|pubblico|ouvinte|spreker|hablante|orador"
)
_NUMBER = r"(?:[ _#.-]{0,3}(?:\d{1,3}|[A-Z]))?"
_ROLE = re.compile(
    rf"(?:the |unknown |unidentified )?(?:{_HOSTS}|{_GUESTS}|{_OTHERS}|spk|guest[A-Z])(?: speaker)?{_NUMBER}",
    re.IGNORECASE,
)
_NAMELESS = re.compile(
    rf"(?:(?:unknown|unidentified) )?(?:speaker|spk|participant|voice|unknown|sprecher(?:in)?|hablante|locuteur"
    rf"|説話者|话者|話者|화자){_NUMBER}"
    rf"|[A-Z]|(?:host|guest)[ _#.-]{{0,3}}(?:\d{{1,3}}|[A-Z])?",
    re.IGNORECASE,
)
_HOST = re.compile(rf"(?:the )?(?:{_HOSTS})", re.IGNORECASE)
_GUEST = re.compile(rf"(?:the )?(?:{_GUESTS})", re.IGNORECASE)
ROLE_NOTE = re.compile(
    rf"\s*,\s*(?:{_HOSTS}|{_GUESTS}|{_OTHERS})$|\s+[-–—]\s+(?:{_HOSTS}|{_GUESTS}|{_OTHERS})$",
    re.IGNORECASE,
)
"""What follows a name and says what its bearer is."""
ROLE_FIRST = re.compile(
    rf"(?:{_HOSTS}|{_GUESTS}|co-?host|speaker|caller)"
    r"(?: ?\(([^()]{2,60})\)| ?[-–—|/:] ?([^\d].{1,60})| \[([^\[\]]{2,60})\])",
    re.IGNORECASE,
)
"""A role with its bearer's name after it."""
_NO_SPEAKERS = re.compile(
    r"(?:break|outro|intro|promo|song|clip|ad|advert|advertisement|sponsor|music|jingle|trailer"
    r"|selection)s?(?: ?\d{1,3})?|extract (?:begins|ends)|.{1,60} clip",
    re.IGNORECASE,
)
_PAUSES = re.compile(r"(?:break|outro|intro|music|jingle)s?(?: ?\d{1,3})?", re.IGNORECASE)


def is_role(label: str) -> bool:
    """Return whether the label says what somebody is, not who (`Host`, `Caller 2`)."""
    return _ROLE.fullmatch(label) is not None


def is_nameless(label: str) -> bool:
    """Return whether the label tells speakers apart without naming them (`SPEAKER_00`, `Guest B`)."""
    return _NAMELESS.fullmatch(label) is not None


def means_host(label: str) -> bool:
    """Return whether the label is a word for the host, in any of the languages known here."""
    return _HOST.fullmatch(label) is not None


def means_guest(label: str) -> bool:
    """Return whether the label is a word for the guest, in any of the languages known here."""
    return _GUEST.fullmatch(label) is not None


def is_nobody(label: str) -> bool:
    """Return whether the label announces a break, a clip or the like rather than a person."""
    return _NO_SPEAKERS.fullmatch(label) is not None


def is_pause(label: str) -> bool:
    """Return whether what comes after the label goes on with the talk, rather than being played in."""
    return _PAUSES.fullmatch(label) is not None
