using System.Collections.Concurrent;
using System.Collections.Frozen;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>The closed classes of a language: articles, prepositions, pronouns, negators, and the words that order clauses. All folded. Immutable.</summary>
internal sealed class GrammarWords
{
    // By reference: each list belongs to one language.
    private static readonly ConcurrentDictionary<FrozenSet<string>, FrozenSet<string>> _stemmed = new(ReferenceEqualityComparer.Instance);

    private GrammarWords()
    {
    }

    public static GrammarWords Spanish { get; } = new()
    {
        Functions = Set("""
            el la los las un una unos unas lo de del al a en con por para y e o u que se me te le les nos os su sus mi mis tu tus nuestro nuestra nuestros nuestras este esta estos estas ese esa esos esas esto eso aquel aquella
            aquello cual cuales quien quienes cuyo como cuando donde si pero sino aunque mientras porque pues ni segun entre hasta desde hacia sobre ante bajo contra durante mediante yo vos usted ustedes nosotros ellos
            ellas ella conmigo contigo muy mas tan tanto menos asi ya hay he has ha han n nro numero num o' don doña dona señor señora senor senora sr sra hola buenas buenos dias favor por gracias pues entonces luego despues antes
            no nunca jamas tampoco sin sea cada otro otra mismo misma propio decir respecto traves frente es son fue era
            """),
        Light = Set("ser estar haber tener hacer ir poder querer deber dar quedar poner llevar pasar venir ver decir cosa tambien todavia aun solo ademas luego ahora aqui aca alla ahi gustaria bueno forma manera caso parte necesitar encontrar mucho todo alguno algun algo"),
        Determiners = Set("el la los las un una unos unas mi mis tu tus su sus este esta estos estas ese esa esos esas aquel aquella nuestro nuestra del al cada otro otra ningun ninguna algun alguna de"),
        Negators = Set("no nunca jamas tampoco nadie ni ningun ninguno ninguna nada sin"),
        NegatorsOfNoun = Set("sin ningun ninguno ninguna"),
        NegatorsOfList = Set("ni tampoco"),
        Concords = Set("ningun ninguno ninguna nada nadie nunca jamas tampoco ni"),
        Prepositions = new Dictionary<string, RoleLevel>(StringComparer.Ordinal)
        {
            ["a"] = RoleLevel.Recipient, ["al"] = RoleLevel.Recipient, ["hasta"] = RoleLevel.Recipient, ["hacia"] = RoleLevel.Recipient, ["de"] = RoleLevel.Source, ["del"] = RoleLevel.Source, ["desde"] = RoleLevel.Source,
            ["contra"] = RoleLevel.Against, ["ante"] = RoleLevel.Against, ["con"] = RoleLevel.Companion, ["por"] = RoleLevel.By, ["en"] = RoleLevel.None, ["para"] = RoleLevel.None, ["sobre"] = RoleLevel.None, ["entre"] = RoleLevel.None,
            ["sin"] = RoleLevel.None, ["durante"] = RoleLevel.None, ["segun"] = RoleLevel.None, ["bajo"] = RoleLevel.None, ["mediante"] = RoleLevel.None, ["como"] = RoleLevel.None,
        }.ToFrozenDictionary(StringComparer.Ordinal),
        Connectors = Connect(
            ("antes de que", Connector.Before), ("antes de", Connector.Before), ("antes del", Connector.Before), ("antes que", Connector.Before), ("despues de que", Connector.After), ("despues de", Connector.After), ("despues del", Connector.After), ("despues que", Connector.After),
            ("luego de que", Connector.After), ("luego de", Connector.After), ("luego del", Connector.After), ("tras", Connector.After), ("una vez que", Connector.After), ("porque", Connector.AfterClause), ("ya que", Connector.AfterClause), ("puesto que", Connector.AfterClause),
            ("dado que", Connector.AfterClause), ("debido a que", Connector.AfterClause), ("debido a", Connector.After), ("gracias a que", Connector.AfterClause), ("gracias a", Connector.After), ("a causa de", Connector.After),
            ("siempre que", Connector.AfterClause), ("en caso de que", Connector.AfterClause), ("si", Connector.AfterClause), ("despues", Connector.Then), ("luego", Connector.Then), ("mas tarde", Connector.Then), ("entonces", Connector.Then),
            ("por eso", Connector.Then), ("asi que", Connector.Then), ("por lo tanto", Connector.Then), ("por lo que", Connector.Then), ("al final", Connector.Then), ("finalmente", Connector.Then), ("posteriormente", Connector.Then),
            ("primero", Connector.First), ("antes", Connector.First), ("y", Connector.Plain), ("e", Connector.Plain), ("o", Connector.Plain), ("u", Connector.Plain), ("ni", Connector.Plain), ("pero", Connector.Plain), ("sino", Connector.Plain), ("aunque", Connector.Plain),
            ("mientras", Connector.Plain), ("cuando", Connector.Plain)),
        Subjects = Pronouns(("yo", 1), ("tu", 2), ("vos", 2), ("usted", 2), ("ustedes", 2), ("nosotros", 4), ("nosotras", 4), ("ella", 3), ("ellos", 3), ("ellas", 3)),
        Objects = Pronouns(("me", 1), ("conmigo", 1), ("te", 2), ("ti", 2), ("contigo", 2), ("nos", 4)),
        Being = Set("soy eres es somos son era eras eran fui fue fueron sea sean ser sera seran seria sido siendo"),
        Comparatives = Set("mas menos mayor menor mejor peor antes"),
        Experiencing = Set("gustar doler faltar encantar parecer interesar importar molestar hacer quedar costar extrañar agradar"),
        Still = Set("estar quedar haber tener encontrar"),
        Raising = Set("querer creer pensar desear parecer necesitar"),
        That = "que",
        Than = "que",
        By = "por",
    };

    public static GrammarWords English { get; } = new()
    {
        Functions = Set("""
            the a an of to in on at by for with from and or but if because since as than that this these those it its is are am was were be been being 's 'm 're do does did will would shall i me my mine you your he him his she her
            they them their we us our who whom which what when where while so then there here very too not n't no never without into out up off over about each other own please mr mrs ms dr hello hi has had have before after first
            don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't cannot shouldn't hasn't haven't i'm it's
            """),
        Light = Set("be have do make get go come put take give can may must should want thing also still just now really way much all some any need"),
        Determiners = Set("the a an my your his her its our their this that these those each no some any"),
        Negators = Set("not n't no never nobody none nothing without don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't cannot shouldn't hasn't haven't no-one neither nor"),
        NegatorsOfNoun = Set("without no"),
        NegatorsOfList = Set("nor neither"),
        Concords = Set("nor neither"),
        Prepositions = new Dictionary<string, RoleLevel>(StringComparer.Ordinal)
        {
            ["to"] = RoleLevel.Recipient, ["from"] = RoleLevel.Source, ["of"] = RoleLevel.Source, ["against"] = RoleLevel.Against, ["by"] = RoleLevel.By, ["with"] = RoleLevel.Companion, ["in"] = RoleLevel.None, ["on"] = RoleLevel.None,
            ["at"] = RoleLevel.None, ["for"] = RoleLevel.None, ["about"] = RoleLevel.None, ["into"] = RoleLevel.None, ["out"] = RoleLevel.None, ["over"] = RoleLevel.None, ["as"] = RoleLevel.None,
        }.ToFrozenDictionary(StringComparer.Ordinal),
        Connectors = Connect(
            ("before", Connector.Before), ("after", Connector.After), ("because", Connector.AfterClause), ("since", Connector.AfterClause), ("due to", Connector.After), ("thanks to", Connector.After), ("if", Connector.AfterClause), ("once", Connector.AfterClause),
            ("then", Connector.Then), ("so", Connector.Then), ("afterwards", Connector.Then), ("later", Connector.Then), ("therefore", Connector.Then), ("finally", Connector.Then), ("first", Connector.First), ("and", Connector.Plain), ("or", Connector.Plain),
            ("but", Connector.Plain), ("nor", Connector.Plain), ("while", Connector.Plain), ("when", Connector.Plain), ("although", Connector.Plain), ("though", Connector.Plain)),
        Subjects = Pronouns(("i", 1), ("i'm", 1), ("he", 3), ("she", 3), ("they", 3), ("we", 4)),
        Objects = Pronouns(("me", 1), ("us", 4)),
        Being = Set("am is are was were be been being 's 'm 're isn't wasn't weren't aren't"),
        Comparatives = Set("more less older younger taller shorter better worse bigger smaller cheaper"),
        Experiencing = Set("seem"),
        Still = Set("have lie stand"),
        Raising = Set("want think believe need"),
        That = "that",
        Than = "than",
        By = "by",
    };

    /// <summary>Words that carry no meaning of their own.</summary>
    public required FrozenSet<string> Functions { get; init; }

    /// <summary>Words (not stems) that carry little.</summary>
    public required FrozenSet<string> Light { get; init; }

    /// <summary>Before these stands no verb but a noun after them.</summary>
    public required FrozenSet<string> Determiners { get; init; }

    public required FrozenSet<string> Negators { get; init; }

    /// <summary>Negators whose scope is the noun that follows.</summary>
    public required FrozenSet<string> NegatorsOfNoun { get; init; }

    /// <summary>Negators that carry a denial on to one thing more.</summary>
    public required FrozenSet<string> NegatorsOfList { get; init; }

    /// <summary>Negators that, after another in the clause, repeat it ("no vino nadie").</summary>
    public required FrozenSet<string> Concords { get; init; }

    /// <summary>What each preposition makes of the noun after it.</summary>
    public required FrozenDictionary<string, RoleLevel> Prepositions { get; init; }

    /// <summary>What divides clauses, longest first.</summary>
    public required IReadOnlyList<(string[] Words, Connector Connector)> Connectors { get; init; }

    public required FrozenDictionary<string, int> Subjects { get; init; }

    public required FrozenDictionary<string, int> Objects { get; init; }

    public required FrozenSet<string> Being { get; init; }

    public required FrozenSet<string> Comparatives { get; init; }

    /// <summary>Verbs whose object is the person who feels ("me duele").</summary>
    public required FrozenSet<string> Experiencing { get; init; }

    /// <summary>Verbs of being somewhere: their two sides may change places.</summary>
    public required FrozenSet<string> Still { get; init; }

    /// <summary>Verbs that, denied, deny the clause after them ("no quiero que llamen").</summary>
    public required FrozenSet<string> Raising { get; init; }

    /// <summary>What opens the clause after such a verb.</summary>
    public required string That { get; init; }

    public required string Than { get; init; }

    public required string By { get; init; }

    /// <summary>Whether a list of words in their plain form has the word of a stem.</summary>
    public static bool Has(FrozenSet<string> words, string stem, WordStems stems) =>
        _stemmed.GetOrAdd(words, static (list, stems) => list.Select(word => stems.Of(word, word)).ToFrozenSet(StringComparer.Ordinal), stems).Contains(stem);

    public static GrammarWords For(Language language) => language == Language.English ? English : Spanish;

    private static FrozenSet<string> Set(string words) => words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(TextNormalizer.Fold).ToFrozenSet(StringComparer.Ordinal);

    private static FrozenDictionary<string, int> Pronouns(params (string Word, int Person)[] words) => words.ToFrozenDictionary(static w => w.Word, static w => w.Person, StringComparer.Ordinal);

    private static (string[] Words, Connector Connector)[] Connect(params (string Words, Connector Connector)[] entries) =>
        [.. entries.Select(static e => (e.Words.Split(' '), e.Connector)).OrderByDescending(static e => e.Item1.Length)];
}
