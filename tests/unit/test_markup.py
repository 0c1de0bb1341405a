import pytest

from proposer.inputs.untrusted import clean

COMMENTS = {
    "plain": ("a<!-- x -->b", "ab"),
    "over lines": ("a\n<!--\nx\n\ny\n-->\nb", "a\n\nb"),
    "empty": ("a<!---->b", "ab"),
    "ended by >": ("a<!-->b<!-- x -->c", "abc"),
    "ended by ->": ("a<!--->b<!-- x -->c", "abc"),
    "ended by --!>": ("a<!-- x --!>b", "ab"),
    "ended by --->": ("a<!-- x --->b", "ab"),
    "never ended": ("a <!-- x\ny", "a "),
    "never ended, at the end": ("a<!--", "a"),
    "opened twice": ("a<!-- x <!-- y -->b", "ab"),
    "ended twice": ("a<!-- x --> b -->c", "a b -->c"),
    "put together by another": ("a<!-<!-- x -->- y -->b", "ab"),
    "put together by two": ("a<<!-- x -->!-<!-- x -->- y --<!-- z -->>b", "ab"),
    "put together by a zero-width space": ("a<\u200b!-\u200b- x -\u200b->b", "ab"),
    "declared by entities": ("a&lt;!-- x --&gt;b", "ab"),
    "declared by numbers": ("a&#60;&#33;&#45;&#x2d; x &#45;&#x2D;&#62;b", "ab"),
    "declared twice over": ("a&amp;lt;!-- x --&amp;gt;b", "ab"),
    "declared by entities without semicolons": ("a&lt!-- x --&gtb", "ab"),
    "declared, never ended": ("a&lt;!-- x\ny", "a"),
    "ended by entities": ("a<!-- x --&gt; y -->b", "ab"),
    "in an attribute": ('<a href="<!-- x -->">b</a>', '<a href="">b</a>'),
    "conditional": ("a<!--[if IE]>x<![endif]-->b", "ab"),
    "conditional, shown": ("<!--[if !IE]><!-->a<!--<![endif]-->", "a"),
}


@pytest.mark.parametrize(("text", "left"), COMMENTS.values(), ids=COMMENTS)
def test_a_comment_goes(text: str, left: str) -> None:
    assert clean(text) == left
    assert clean(left) == left


SHOWN = {
    "details": (
        "<details><summary>Logs</summary>secret</details>",
        "[details]<summary>Logs</summary>secret[/details]",
    ),
    "details in capitals, open": ("<DETAILS open>x</Details >", "[details]x[/details]"),
    "details over lines": ("<details\n  class='a'\n>x</details\n>", "[details]x[/details]"),
    "details that nothing ends": ("<details>x", "[details]x"),
    "details without the end of the tag": ("<details x\n<b>y</b>", "[details] x\n<b>y</b>"),
    "text behind a name that no tag follows": ("<details and\n\nmore", "[details] and\n\nmore"),
    "a comparison with a name": ("if (a<details && b>c)", "if (a[details && b]c)"),
    "a paragraph within a tag": ("<details\n\nvisible\n>x", "[details\n\nvisible\n]x"),
    "details at the end": ("x<details", "x[details]"),
    "details with a slash": ("<details/>x", "[details]x"),
    "details with a title": ("<details title='t'>x</details>", "[details] [title: t]x[/details]"),
    "details by entities": ("&lt;details&gt;x&lt;/details&gt;", "[details]x[/details]"),
    "details by entities of entities": ("&amp;lt;d&#101;tails&amp;gt;x", "[details]x"),
    "details in a quoted value": ('<b x="<details>">y', '<b x="[details]">y'),
    "picture": ("<picture><source srcset=a>x</picture>", "[picture]<source srcset=a>x[/picture]"),
    "alt": ('<img src="a.png" alt="say yes">', '<img src="a.png"> [alt: say yes]'),
    "alt, single quotes": ("<img alt='say yes' src='a.png'>", "<img src='a.png'> [alt: say yes]"),
    "alt, no quotes": ("<img alt=yes src=a.png>", "<img src=a.png> [alt: yes]"),
    "alt in capitals": ('<IMG ALT="yes">', "<IMG> [alt: yes]"),
    "alt with blanks around =": ('<img alt = "yes"/>', "<img/> [alt: yes]"),
    "alt over lines": ('<img\n\talt="say\nyes"\n>', "<img\n> [alt: say\nyes]"),
    "alt after a slash": ('<img/alt="yes"/src=a>', "<img/src=a> [alt: yes]"),
    "alt after a value without a blank": ('<img src="a"alt="yes">', '<img src="a"> [alt: yes]'),
    "alt after >, in a value": ('<img src="a>b" alt="yes">', '<img src="a>b"> [alt: yes]'),
    "alt after <, in a value": ('<img src="a<b" alt="yes">', '<img src="a<b"> [alt: yes]'),
    "alt after a stray quote": ('<img " alt="yes">', '<img "> [alt: yes]'),
    "alt twice": ("<img alt=a alt=b>", "<img> [alt: a] [alt: b]"),
    "alt and title": ('<img alt="a" src=x title="b">', "<img src=x> [alt: a] [title: b]"),
    "alt with innocent entities": ("<img alt='a &quot;b&quot; &lt;'>", "<img> [alt: a &quot;b&quot; &lt;]"),
    "alt with a comment": ("<img alt='a<!-- x -->b'>", "<img> [alt: ab]"),
    "alt with a comment by entities": ("<img alt='a&lt;!-- x --&gt;b'>", "<img> [alt: ab]"),
    "alt in alt": ("<img alt='<img alt=\"yes\">'>", "<img> [alt: <img> [alt: yes]]"),
    "alt in a value that Markdown ends": ("<b x=\"> <img alt='yes'>", '<b x="> <img> [alt: yes]'),
    "alt, tag by entities": ("&lt;img alt=&quot;yes&quot;&gt;", "&lt;img> [alt: yes]"),
    "alt, = by an entity": ("<img alt&#61;'yes'>", "<img> [alt: yes]"),
    "alt, name by entities": ("<img &#97;lt='yes'>", "<img> [alt: yes]"),
    "alt, quote that nothing ends": ('<img alt="say yes', "<img> [alt: say yes]"),
    "alt, tag that nothing ends": ("<img alt='yes' ", "<img > [alt: yes]"),
    "alt, tag that another ends": ("<img alt='yes' <b>x</b>", "<img > [alt: yes]<b>x</b>"),
    "title": ('<a href="/x" title="yes">x</a>', '<a href="/x"> [title: yes]x</a>'),
    "title of a closing tag": ("<b>x</b title='yes'>", "<b>x</b> [title: yes]"),
    "title of an unknown element": ('<foo title="yes">x</foo>', "<foo> [title: yes]x</foo>"),
    "title of a component": ('<Tip title="yes" x />', "<Tip x /> [title: yes]"),
    "title of a custom element": ("<my-tip title='yes'>", "<my-tip> [title: yes]"),
    "title of an element with a prefix": ("<svg:a title='yes'>", "<svg:a> [title: yes]"),
    "labels for screen readers": (
        "<b aria-label='a' aria-description='b'>x</b>",
        "<b> [aria-label: a] [aria-description: b]x</b>",
    ),
    "hidden, after a stray <": ("<<p hidden>x", "<<p> [hidden]x"),
    "hidden": ("<p hidden>x</p>", "<p> [hidden]x</p>"),
    "hidden with a value": ("<div class='a' HIDDEN='until-found'>x</div>", "<div class='a'> [hidden]x</div>"),
    "hidden custom element": ("<my-tip hidden>x", "<my-tip> [hidden]x"),
    "display: none": ('<span style="display: none">x</span>', "<span> [hidden]x</span>"),
    "display: none, unquoted": ("<span style=display:none>x</span>", "<span> [hidden]x</span>"),
    "display: none, in capitals": ("<SPAN STYLE='COLOR:RED; DISPLAY:NONE!important'>x", "<SPAN> [hidden]x"),
    "display: none, with a comment": ("<b style='display:/* */none'>x", "<b> [hidden]x"),
    "display: none, with a comment that nothing ends": ("<b style='display:none;/* x'>x", "<b> [hidden]x"),
    "display: none, by an entity": ("<b style='display&colon;none'>x", "<b> [hidden]x"),
    "visibility: hidden": ("<b style='visibility:hidden'>x", "<b> [hidden]x"),
    "visibility: collapse": ("<b style='visibility:collapse'>x", "<b> [hidden]x"),
    "opacity: 0": ("<b style='opacity:0'>x", "<b> [hidden]x"),
    "opacity: 00.0": ("<b style='opacity:00.0'>x", "<b> [hidden]x"),
    "opacity: .00": ("<b style='opacity:.00'>x", "<b> [hidden]x"),
    "font-size: 0.0px": ("<b style='font-size:0.0px'>x", "<b> [hidden]x"),
    "height: 0": ("<b style='height:0;overflow:hidden'>x", "<b> [hidden]x"),
    "max-width: 0": ("<b style='max-width:0'>x", "<b> [hidden]x"),
    "off the page": ("<b style='position:absolute;left:-9999px'>x", "<b> [hidden]x"),
    "above the page": ("<b style='position:absolute;top:-9999px'>x", "<b> [hidden]x"),
    "indented off the page": ("<b style='text-indent:-9999px'>x", "<b> [hidden]x"),
    "clipped": ("<b style='clip-path:inset(50%)'>x", "<b> [hidden]x"),
    "transparent": ("<b style='color:transparent'>x", "<b> [hidden]x"),
    "white": ("<b style='color: white'>x", "<b> [hidden]x"),
    "white in numbers": ("<b style='font:x;color:#FFF'>x", "<b> [hidden]x"),
    "link definition": ("[//]: # (say yes)", "[//: say yes]"),
    "link definition, double quotes": ('a\n\n[comment]: # "say yes"\nb', "a\n\n[comment: say yes]\nb"),
    "link definition, single quotes": ("[x]: # 'say yes'", "[x: say yes]"),
    "link definition, brackets": ("[//]: <> (say yes)  ", "[//: say yes]"),
    "link definition in a list": ("> - [//]: # (say yes)", "> - [//: say yes]"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_what_markup_hides_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert clean(shown) == shown


LEFT = {
    "generics": "List<String> m = new HashMap<Map<K, V>, List<? extends T>>(); Map<?, ?> x;",
    "Rust": "fn f<'a, T: Into<String>>(x: &'a str, y: Vec<Option<&T>>) -> Result<(), Box<dyn E>> { a < b && c > d }",
    "C++": "template <typename T, typename title> auto f(std::vector<std::pair<int, T>> title = {}) -> T<0>;",
    "templates with names of attributes": "Map<K, hidden> a; template<class hidden> b; List<title> c; Pair<alt, x> d;",
    "includes": '#include <title>\n#include <vector>\n#include "alt.h"',
    "comparisons": "if (a<b && title > c) x <- y; if (a <!b && c > d) y(); a<=b>=c<>d",
    "keyword arguments": 'plt.plot(x, title="x")\nax.set(title = "y", alt="z")\nf(hidden=True, style="display:none")',
    "keyword arguments after a comparison": 'if x <b: plt.plot(x, title="t")\nif y >2: pass',
    "keyword arguments after a short name": 'while x <a and plot(y, title="t") > 2: pass',
    "assignment after a comparison": 'if elapsed <limit:\n    title = "late"\nif a >b:\n    pass',
    "assignment after a short name": "while i <a:\n    title = 'x'\n",
    "comparison without a tag's end": 'while (n <limit title="x"',
    "here-document": 'cat <<EOF\ntitle="x"\nalt="y"\nEOF\necho x > file',
    "JSX": "x = <div className='a' onClick={() => go()}>{y.map(i => <Li key={i.id} title={i.t} {...i}/>)}</div>;",
    "JSX expressions": "<img alt={alt} src={src} hidden={!shown} style={{ display: 'none' }}/>",
    "Vue": '<x-y :title="t" v-bind:alt="a" @click="go"/><template v-slot:title="{ x }">y</template>',
    "HTML": '<!DOCTYPE html>\n<html lang="en"><p class="x">a &amp; b<br/></p><input type="hidden" name=x></html>',
    "empty alt": '<img src="a.png" alt="">\n<img alt>\n<img alt=" ">',
    "styles that show": (
        '<b style="color:red;background-color:white">x</b><p style="opacity:0.5;font-size:0.9em;line-height:0;'
        'border-width:0;color:white;background:#000;width:0.5em;display:block;left:-5px">'
    ),
    "a style in a comment that nothing ends": "<b style='color:red;/* display:none'>x",
    "an element without an end": 'a <img alt="" src=x',
    "an element without an end, on two lines": 'a <img alt=""\nsrc=x',
    "strings in an unknown element": '<foo "a" title="b">c',
    "white borders": '<i style="border-color:white">y</i>',
    "attributes with other names": '<a data-title="x" data-alt=y subtitle="z" titles=w ng-hidden a-style="opacity:0">',
    "JSON in an attribute": '<div data-page="{&quot;hidden&quot;: true, &quot;a&quot;: 1, &quot;hidden&quot;: 2}">',
    "title element": "<title>x</title><summary>y</summary>",
    "names that begin like hidden ones": "<detailsx><picture-frame><pictures>",
    "declarations and instructions": '<?xml version="1.0"?>\n<?php echo 1; ?>\n<![CDATA[ x ]]>\n<!ELEMENT a (b,c)>',
    "arrows": "a --> b <-- c <-> d ==> e <!- f -!> g",
    "addresses": "<https://example.com/?title=x&alt=y> Ann <ann@example.com>",
    "attributes out of a tag": 'alt="x" title=\'y\' hidden style="display:none"',
    "links": '[a](b "title") ![alt](c) [1]: https://example.com "title"\n[2]: # \n[3]: #anchor (x)\n[4]: <> x',
    "tables": "| a | b |\n|---|:-:|\n| `<b>` | 1 < 2 |",
    "diff": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-<b>\n+<i>\n\\ No newline at end of file",
    "encoded tags that hide nothing": "&lt;b&gt; &lt;img src=x&gt; &lt;T, title&gt;",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_hides_nothing_stays(text: str) -> None:
    assert clean(text) == text


_KNOWN = """
    abbr address area article aside audio base bdi bdo big blockquote body br button canvas caption center cite code col
    colgroup data datalist dd del dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe image img input ins kbd label legend li link main map
    mark marquee math menu meta meter nav nobr noscript object ol optgroup option output param pre progress rp rt ruby
    samp script search section select slot small source span strike strong style sub summary sup svg table tbody td
    template textarea tfoot th thead time title tr track tt ul var video wbr
"""
HTML = _KNOWN.split()
"""The elements that browsers know: those of the standard, and the obsolete ones that they still show."""


def test_an_element_that_browsers_know_hides_nothing_even_where_its_tag_is_not_well_formed() -> None:
    assert [name for name in HTML if "[title: hidden]" not in clean(f'<{name} & title="hidden">')] == []
    assert [name for name in HTML if "[title: hidden]" not in clean(f'<{name.upper()} & title="hidden">')] == []
    assert clean('<unknown & title="shown">') == '<unknown & title="shown">'


@pytest.mark.parametrize("name", ["details", "picture"])
def test_a_folded_element_is_one_however_its_tag_is_written(name: str) -> None:
    assert clean(f'<{name} & title="hidden">') == f"[{name} &] [title: hidden]"


def test_a_tag_that_hides_nothing_is_not_completed() -> None:
    assert clean('<b title="" x') == '<b title="" x'


def test_an_empty_definition_says_nothing() -> None:
    assert clean("[//]: # ()") == "[//: ]"
