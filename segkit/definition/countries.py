"""List the two-letter country codes (ISO 3166-1), and suggest a code for common mistakes such as "UK"."""

from segkit.errors import DefinitionError

_PAIRS = """
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI
BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT
BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU
CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET
FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR
GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR
IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB
LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH
MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE
NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL
PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ
SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC
TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY
USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
"""

TWO_LETTERS = {pair[:3]: pair[3:] for pair in _PAIRS.split()}
"""Maps three-letter codes, which Klaviyo's distance condition uses, to the two-letter codes in conditions."""

THREE_LETTERS = {two: three for three, two in TWO_LETTERS.items()}
"""Maps two-letter codes to three-letter codes."""

COUNTRIES = frozenset({*THREE_LETTERS, "XK", "AC", "TA"})
"""All two-letter codes, with Kosovo, Ascension and Tristan da Cunha, which have phone numbers but are not in the standard."""

_MEANT = {"UK": "GB", "EN": "GB", "EL": "GR", "SP": "ES", "JA": "JP", "SW": "SE"}
"""Common mistakes and the code that was meant: everyday abbreviations, language codes, and codes from other standards."""


def country_of(what: str, written: object) -> str:
    """Return a two-letter country code in capitals.

    Args:
        what: what the country is used for, for error messages.
        written: the code, in capitals or lower case.

    Raises:
        DefinitionError: it is not a two-letter country code.

    >>> country_of("The country of phone_country", "us")
    'US'
    """
    if isinstance(written, str) and written.isascii() and written.upper() in COUNTRIES:
        return written.upper()
    letters = written.strip().upper() if isinstance(written, str) else ""
    meant = letters if letters in COUNTRIES else TWO_LETTERS.get(letters, _MEANT.get(letters))
    raise DefinitionError.no_country(what, written, meant, COUNTRIES)
