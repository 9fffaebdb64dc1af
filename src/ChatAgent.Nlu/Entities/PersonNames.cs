using System.Collections.Frozen;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Entities;

/// <summary>Finds the name that a person gives: after "soy", "me llamo", "my name is" and the like.</summary>
/// <remarks>
/// One to five words follow, of which each is known as a name or begins with a capital; "de", "del", "la", "van" may stand between. What is no name there
/// ("soy diabético", "soy el papá de ...") gives nothing, because it is neither. Immutable and thread-safe.
/// </remarks>
internal sealed class PersonNames
{
    private const string CommonNames = """
        alejandra alejandro alberto alonso alvaro amanda ana andrea andres angel angela angelica antonella antonia antonio ariel arturo barbara beatriz belen benjamin bernardo
        camila camilo carla carlos carmen carolina catalina cecilia cesar claudia claudio constanza cristian cristina cristobal daniel daniela david diego eduardo elena elizabeth emilia
        enrique ernesto esteban eva fabian fabiola felipe fernanda fernando florencia francisca francisco gabriel gabriela gerardo gloria gonzalo graciela guillermo gustavo hector hernan
        hugo ignacia ignacio isabel isidora ivan jaime javier javiera jessica joaquin jorge jose josefa juan juana julian julieta julio karen karina katherine laura leonardo leonor lorena
        lorenzo lucas lucia luciano luis luisa macarena magdalena manuel marcela marcelo marco marcos margarita maria mariana mario marta martin martina mateo matias maximiliano mauricio
        miguel monica nancy natalia nestor nicole nicolas norma olga omar oscar pablo pamela paola patricia patricio paula paulina pedro pilar rafael ramon raquel raul rebeca renata rene
        ricardo roberto rocio rodrigo rosa ruben ruth samuel sandra santiago sara sebastian sergio silvia simon sofia soledad sonia susana tamara teresa tomas trinidad valentina valeria
        vanessa vicente victor victoria viviana ximena yasna yolanda agustin agustina alan anita antonieta benito bruno carmen cony dante elias elisa elsa emilio ester eugenia fabiana
        fatima felix hilda ines irene jacinta joan josefina karla leandro lidia lilian marisol miriam nelson noemi orlando oriana rita rosario salvador violeta
        john mary james michael robert william richard thomas charles joseph peter paul mark george kevin brian emma emily sarah kate jane lucy alice anna susan linda jennifer jessica karen
        abarca acevedo acuna aguilar aguilera alarcon alvarado alvarez araneda aravena araya arce arriagada avila barrera barrientos bravo bustamante bustos caceres campos cardenas carrasco
        castillo castro cerda cifuentes contreras cordero cornejo correa cortes cruz delgado diaz dominguez duran echeverria escobar espinoza farias fernandez figueroa flores fuentes gallardo
        garcia garrido godoy gomez gonzalez gutierrez guzman henriquez hernandez herrera hidalgo ibanez jara jimenez lagos lara leal leiva lopez maldonado mansilla marin martinez maturana medina
        mella mendez mendoza meza miranda molina montecinos morales moreno moya munoz navarrete navarro nunez ojeda olivares orellana ortega ortiz oyarzun pacheco palma parra pena peralta perez
        pino pinto pizarro ponce quezada quiroz ramirez ramos reyes riquelme rivas rivera robles rodriguez rojas roman romero rosales ruiz saavedra saez salas salazar saldivia salinas san
        sanchez sandoval santibanez santos sanhueza sepulveda silva soto suarez tapia tobar toledo toro torres ulloa urrutia valdes valenzuela vargas vasquez vega vera vergara vidal villalobos
        villarroel yanez zamora zapata zuniga smith jones brown taylor johnson williams wilson miller davis
        """;

    private static readonly FrozenSet<string> Joints = new[] { "de", "del", "la", "las", "los", "y", "van", "von", "di", "da", "san" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What comes before a name; longest first, in folded words.</summary>
    private static readonly string[][] Openers =
    [
        ["mi", "nombre", "completo", "es"], ["mi", "nombre", "es"], ["el", "nombre", "es"], ["me", "llamo"], ["habla", "con"], ["hablas", "con"], ["le", "escribe"], ["les", "escribe"], ["te", "escribe"],
        ["le", "habla"], ["le", "saluda"], ["my", "full", "name", "is"], ["my", "name", "is"], ["my", "name's"], ["name", "is"], ["this", "is"], ["i", "am"], ["i'm"], ["im"], ["call", "me"],
        ["a", "nombre", "de"], ["paciente"], ["nombre"], ["name"], ["habla"], ["soy"], ["atte"], ["atentamente"], ["saludos"],
    ];

    private static readonly FrozenSet<string> Common = CommonNames.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenSet<string> _names;

    /// <param name="learned">Folded words that the corpus marks as a person's.</param>
    public PersonNames(IEnumerable<string> learned) =>
        _names = Common.Concat(learned).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a folded word is a first name or surname that many bear.</summary>
    public static bool IsCommon(string folded) => Common.Contains(folded);

    /// <summary>Names given in the message, in the order of the text.</summary>
    /// <param name="aloneToo">Whether a message that is nothing but a name counts, as it does when the agent has just asked for it.</param>
    public IEnumerable<Entity> Find(string text, IReadOnlyList<Token> tokens, bool aloneToo)
    {
        var found = false;
        for (var at = 0; at < tokens.Count; at++)
        {
            var opener = Openers.FirstOrDefault(opener => Stands(tokens, at, opener));
            if (opener is null)
            {
                continue;
            }

            var begin = at + opener.Length;
            while (begin < tokens.Count && tokens[begin].Text is ":" or "," or "el" or "la" or "don" or "doña" or "sr" or "sra" or "." or "señor" or "señora")
            {
                begin++;
            }

            // "Saludos, Ana" signs; "soy Ana" speaks. Both take the words that follow at once.
            var end = End(tokens, begin);
            if (end > begin)
            {
                yield return Named(text, tokens, begin, end, 0.9);
                found = true;
                at = end - 1;
            }
        }

        if (!found && aloneToo)
        {
            var begin = 0;
            while (begin < tokens.Count && (tokens[begin].Kind != TokenKind.Word || !IsName(tokens[begin])))
            {
                begin++;
            }

            var end = begin < tokens.Count ? End(tokens, begin) : begin;
            if (end - begin >= 2 || (end - begin == 1 && tokens.Count <= 2))
            {
                yield return Named(text, tokens, begin, end, 0.6);
            }
        }
    }

    private static Entity Named(string text, IReadOnlyList<Token> tokens, int begin, int end, double confidence)
    {
        var span = new TextSpan(tokens[begin].Span.Start, tokens[end - 1].Span.End - tokens[begin].Span.Start);
        return new Entity("person", span, span.In(text), string.Join(' ', tokens.Skip(begin).Take(end - begin).Select(Capitalised)), confidence);
    }

    /// <summary>The end of a name that begins at a token; the same token when none does.</summary>
    private int End(IReadOnlyList<Token> tokens, int begin)
    {
        var end = begin;
        for (var i = begin; i < tokens.Count && i < begin + 6; i++)
        {
            if (IsName(tokens[i]) || (i > begin && tokens[i].Kind == TokenKind.Word && char.IsUpper(tokens[i].Text[0]) && !IsShouted(tokens, i)))
            {
                end = i + 1;
            }
            else if (i == begin && tokens[i].Kind == TokenKind.Word && tokens[i].Text.Length > 2 && char.IsUpper(tokens[i].Text[0]) && !IsShouted(tokens, i) && i > 0)
            {
                end = i + 1;
            }
            else if (!(i > begin && i <= end + 1 && (Joints.Contains(tokens[i].Folded) || tokens[i].Text is "-")))
            {
                break;
            }
        }

        return end;
    }

    private bool IsName(Token token) => token.Kind == TokenKind.Word && _names.Contains(token.Folded);

    // In a message typed in capitals a capital says nothing.
    private static bool IsShouted(IReadOnlyList<Token> tokens, int at) =>
        tokens[at].Text.Length > 1 && char.IsUpper(tokens[at].Text[1]) && tokens[at].Text[1] != '\'';

    private static bool Stands(IReadOnlyList<Token> tokens, int at, string[] words)
    {
        if (at + words.Length > tokens.Count)
        {
            return false;
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (tokens[at + i].Folded != words[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string Capitalised(Token token) =>
        Joints.Contains(token.Folded) || token.Text.Length == 0 ? token.Text.ToLowerInvariant()
        : IsShoutedWord(token.Text) || char.IsLower(token.Text[0]) ? char.ToUpperInvariant(token.Text[0]) + token.Text[1..].ToLowerInvariant()
        : token.Text;

    private static bool IsShoutedWord(string word) => word.Length > 2 && word.All(c => !char.IsLower(c)) && word[1] != '\'';
}
