using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>Decides whether words call for help at once, in favour of calling.</summary>
/// <remarks>
/// Signs are looked for in the folded words of each message. A sign of despair or of symptoms that cannot wait calls whatever else is said, except inside what denies
/// it ("no es una emergencia") or asks for a thing ("¿atienden urgencias?", "es urgente cambiar mi hora" name no symptom and are no sign). A trained intent
/// calls too, when nothing denies it. Thread-safe.
/// </remarks>
internal static partial class UrgencyReader
{
    /// <summary>Names of the intents that call for help.</summary>
    public const string EmergencyIntent = "emergency";
    private const string CrisisIntent = "crisis";

    /// <summary>Least score of a trained intent that calls by itself.</summary>
    private const double LeastScore = 0.35;

    /// <summary>Whether the words say that it is no emergency, or are urgent about paper only, and name no symptom.</summary>
    public static bool IsDenied(string text)
    {
        var words = TextNormalizer.Key(text);
        var plain = DenialPattern().Replace(words, " ");
        return (plain.Length != words.Length || AdministrativePattern().IsMatch(plain)) && !SymptomPattern().IsMatch(plain) && !CrisisPattern().IsMatch(words);
    }

    /// <summary>The urgency of a text whose best intent is given.</summary>
    /// <param name="score">The best intent's score, 0 to 1.</param>
    public static Urgency Read(string text, string? bestIntent, double score, bool isInScope)
    {
        var words = TextNormalizer.Key(text);
        if (CrisisPattern().IsMatch(words))
        {
            return Urgency.Crisis;
        }

        var plain = DenialPattern().Replace(words, " ");
        var past = PastOrAskedPattern().IsMatch(plain);
        if (!past && SymptomPattern().IsMatch(plain))
        {
            return Urgency.Emergency;
        }

        var denied = past || plain.Length != words.Length;
        var administrative = AdministrativePattern().IsMatch(plain);
        if (!isInScope || score < LeastScore || denied || administrative)
        {
            return Urgency.None;
        }

        return bestIntent switch
        {
            CrisisIntent => Urgency.Crisis,
            EmergencyIntent => Urgency.Emergency,
            _ => Urgency.None,
        };
    }

#pragma warning disable MA0009 // No nested quantifiers over the same characters; gaps are bounded: time is linear.
    [GeneratedRegex(@"\b(suicid\w*|quitarme la vida|quitandome la vida|me quiero (morir|matar)|quiero (morirme|matarme|morir|desaparecer del mundo|estar muert[oa])|matarme|me voy a matar|no quiero (seguir )?(viv\w+|existir)|no quiero vivir|(terminar|acabar) con (todo|mi vida|mi existencia)|(hacerme|me hago|me quiero hacer|hacerme un) dano|(cortarme|me corto|me corte|me estoy cortando)( las)? (venas?|brazos?|munecas?)|autolesion\w*|no (le )?(veo|encuentro) (el )?sentido( a)?( seguir| nada| la vida| vivir)|(mejor|preferiria) (estar )?muert[oa]|tirarme (de|desde|a|al) (un |el |la |las )?(puente|edificio|metro|linea|piso|balcon|ventana)|me voy a tirar (de|desde|a|al) (un |el |la )?(puente|edificio|metro|linea|balcon|ventana)|ahorcarme|me (quiero|voy a) ahorcar|me tome (todas|un monton de|muchas) (las )?(pastillas|remedios)|ya no (doy|aguanto|puedo) mas( con (la vida|todo|esto))?$|ya no quiero (estar|seguir) (aqui|viv\w+)|no vale la pena (vivir|seguir)|kill(ing)? myself|end my life|ending my life|end it all|want to die|wanna die|do(n t| not) want to (live|be alive|be here any ?more)|hurt(ing)? myself|harm(ing)? myself|self harm|cut(ting)? my (wrists?|veins?|arms?)|better off dead|no reason to live|took all my pills|overdose\w*|sobredosis)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex CrisisPattern();

    [GeneratedRegex(@"\b(no (es|sea|era|fue|se trata de) (una? |nada |muy |tan |algo )?(urgente|urgencia|emergencia|de urgencia|grave)|nada (urgente|grave)|sin urgencia|(is not|isn t|not|it s not|no) (an? )?(emergency|urgent)|nothing (urgent|serious))\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DenialPattern();

    [GeneratedRegex(@"\b((no (puedo|puede|logra|logro)|cuesta( mucho)?|dificultad para|le cuesta|me cuesta( mucho)?) respirar|no (esta )?respira(ndo)?|(me|se|le) (estoy |esta |falta |esta faltando )(ahogando|el aire|asfixiando)|(me|le) falta( mucho)? el aire|(dolor|opresion|presion|puntada|apreton)( muy)?( \w+){0,2} (en|al) (el |mi |su )?(pecho|corazon)|(me|le) (duele|aprieta)( \w+){0,2} (el |mi )?(pecho|corazon)|infarto|paro cardiaco|(se|me) (desmay\w+|desvanecio)|(esta|quedo|sigue) inconsciente|inconsciente|perdio el conocimiento|no (reacciona|despierta|responde a nada)|convulsion\w*|convulsionando|(sangr\w+|hemorragia)( \w+){0,3} (mucho|no para|sin parar|harto|profus\w+)|no (para|deja) de sangrar|desangr\w+|hemorragia|vomit\w+ sangre|(cara|boca|brazo|lado) (se (me|le) )?(dormid[oa]|caid[oa]|paralizad[oa])|se me (durmio|paralizo)( \w+){0,4} (cara|brazo|lado|cuerpo)|derrame cerebral|acv|me (atropell\w+|apunal\w+|dispar\w+)|quemadura grave|se (atoro|atraganto|trago)( \w+){0,3} (y no|bateria|pila|cloro)|reaccion alergica( \w+){0,2} (grave|fuerte)|(se me|se le) (cierra|hincha\w*|esta cerrando) (la )?garganta|anafila\w+|(llam\w+|manden|necesito) (a )?(una |la )?ambulancia|(es|tengo|hay) una (emergencia|urgencia)|emergencia medica|rompi (la )?fuente|se me rompio la (bolsa|fuente)|can(t| t|not) breathe|trouble breathing|(hard|struggling) to breathe|not breathing|chest (pain|hurts|tightness)|(pain|pressure|tightness) in (my|his|her|the) chest|heart attack|passed out|unconscious|fainted|won t wake up|will not wake up|seizures?|convulsi\w+|bleeding (a lot|heavily|out|badly)|(won t|doesn t|can t) stop (the )?bleeding|(half|side) of (my|his|her) (face|body)|(face|arm)( \w+){0,2} (went |is |feels )?numb|having a stroke|choking|overdosed|call an ambulance|need an ambulance|send an ambulance|(this is|it s|is|have) an emergency|water (just )?broke)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SymptomPattern();

    [GeneratedRegex(@"\b((tuve|tuvo|sufri|me dio|le dio|despues de(l)?|hace (un|dos|tres|cuatro|cinco|varios|unos|\d+) (ano|mes|semana)s?|el ano pasado|operado de)( \w+){0,3} (infarto|acv|derrame|paro|convulsion\w*|hemorragia)|atienden( \w+){0,3} (infarto|convulsion\w*|acv)|had a( \w+){0,2} (heart attack|stroke|seizure)( \w+){0,2} (last|ago|years?|months?))\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PastOrAskedPattern();

    [GeneratedRegex(@"\b((urgente|urgent|urgencia|lo antes posible|asap)( \w+){0,4} (cambiar|mover|correr|reagendar|anular|cancelar|hora|cita|certificado|receta|licencia|boleta|resultado\w*|reschedule|appointment|prescription|results?)|(cambiar|mover|reagendar|anular|cancelar|hora|cita|certificado|receta|licencia|reschedule|appointment)( \w+){0,4} (urgente|urgent|urgencia)|(tienen|hay|atienden|cuentan con)( \w+){0,2} urgencias?|servicio de urgencias?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AdministrativePattern();
#pragma warning restore MA0009
}
