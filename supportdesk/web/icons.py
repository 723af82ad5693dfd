"""The signs of the desk: line drawings on a 16 x 16 grid, coloured by the text around them."""

_ROUND = '<circle cx="8" cy="8" r="6.2"/>'
_BOX = '<path d="M2.2 5L8 2l5.8 3v6L8 14l-5.8-3zM2.2 5L8 8l5.8-3M8 8v6"/>'

ICONS = {
    "alert": '<path d="M8 1.8l6.6 11.7H1.4z"/><path d="M8 6.3v3.2M8 11.4v.1"/>',
    "attention": f'{_ROUND}<path d="M8 4.6v4M8 11v.1"/>',
    "back": '<path d="M13.5 8H3M7 4L3 8l4 4"/>',
    "bell": '<path d="M4 11V7a4 4 0 018 0v4l1.4 1.4H2.6zM6.6 14.2h2.8"/>',
    "bubble": '<path d="M2.2 3.2h11.6v8H7l-3 2.6v-2.6H2.2z"/>',
    "calendar": '<rect x="2.2" y="3.2" width="11.6" height="10.6" rx="1.2"/>'
    '<path d="M2.2 6.6h11.6M5.2 1.8v2.6M10.8 1.8v2.6"/>',
    "check": f'{_ROUND}<path d="M5.2 8.2l2 2 3.6-4"/>',
    "clip": '<path d="M13 7.3l-5.2 5.2a3 3 0 01-4.3-4.3l5.6-5.5a2 2 0 012.8 2.8l-5.5 5.5'
    'a1 1 0 01-1.4-1.4l4.8-4.8"/>',
    "clock": f'{_ROUND}<path d="M8 4.5V8l2.4 1.6"/>',
    "code": '<path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5"/>',
    "download": '<path d="M8 2.2v8M4.6 7L8 10.4 11.4 7M2.6 13.6h10.8"/>',
    "eye": '<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z"/>'
    '<circle cx="8" cy="8" r="1.8"/>',
    "flag": '<path d="M3.5 14V2.5h8.5l-2 3 2 3H3.5"/>',
    "half": f'{_ROUND}<path d="M8 4.4a3.6 3.6 0 010 7.2z" fill="currentColor" stroke="none"/>',
    "info": f'{_ROUND}<path d="M8 7.4v3.6M8 5v.1"/>',
    "key": '<circle cx="5.2" cy="10.8" r="3"/><path d="M7.4 8.6l6-6M11 5l2 2"/>',
    "lock": '<rect x="3.2" y="7" width="9.6" height="6.5" rx="1.2"/>'
    '<path d="M5.2 7V5a2.8 2.8 0 015.6 0v2"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "minus": '<path d="M4 8h8"/>',
    "new": '<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 2.2"/>',
    "next": '<path d="M2.5 8H13M9 4l4 4-4 4"/>',
    "now": f'{_ROUND}<circle cx="8" cy="8" r="2.6" fill="currentColor" stroke="none"/>',
    "package": _BOX,
    "pause": f'{_ROUND}<path d="M6.5 5.8v4.4M9.5 5.8v4.4"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8a5.2 5.2 0 0110.4 0"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "reopen": '<path d="M3 3.2v3.6h3.6M3.4 6.6A5.2 5.2 0 118 13.2"/>',
    "ring": _ROUND,
    "route": '<path d="M3 13V9.5A2.5 2.5 0 015.5 7h5A2.5 2.5 0 0013 4.5V3M10.8 5.2L13 3l2.2 2.2"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="M10.4 10.4L14 14"/>',
    "theme": f'{_ROUND}<path d="M8 1.8a6.2 6.2 0 010 12.4z" fill="currentColor" stroke="none"/>',
    "tick": '<path d="M3 8.5l3.2 3.2L13 4.8"/>',
    "training": '<path d="M1.5 6L8 3l6.5 3L8 9zM4 7.4v3.4c1.2 1.2 6.8 1.2 8 0V7.4M14.5 6v4"/>',
}
