# Por qué una sugerencia.
why-title = ¿Por qué?
why-headline = { $from } podría enviar { $what } a { $to }
why-lead = Una sugerencia, calculada { $ago }. Deciden las personas.
why-this = Por qué esto
why-not-more = Por qué no más
why-not-there = Por qué no de otro lugar
why-travel = Cómo viajaría
why-checked = Comprobado con un segundo cálculo. Número de control:
why-days-at = { $place }, días de { $item }
why-taker = En { $to }, { $item } alcanza ahora para { $before } días y después para { $after }.
why-taker-less-than-a-day = En { $to }, lo que hay de { $item } dura ahora { $days }; esto añade menos de un día.
why-giver = A { $from } le quedaría { $item } para { $after } días, y guarda { $keeps }.
why-needs =
    { $n ->
        [one] Responde a { $n } necesidad que { $to } declaró.
       *[other] Responde a { $n } necesidades que { $to } declaró.
    }
why-before = Ahora
why-after = Después
why-enough = Es todo lo que { $to } necesita por ahora.
why-no-others = Nadie más tiene por encima de lo que guarda.
why-not = Por qué no
why-spare = Aún podría dar
why-longer = El camino
why-not-farther = podría, pero está más lejos o tiene menos
why-not-nothing = no tiene nada por encima de lo que guarda
why-not-elsewhere = lo que puede dar va a otro lugar
why-not-full = lo que va allí está lleno
why-not-no-way = nada que pueda llevarlo llega a tiempo
why-unmet = Lo que nadie puede cubrir ahora
against-full = En su camino pasa de { $from } a { $to }; lo que sale de allí va lleno:
against-short-date = Una partida es buena solo { $days } después de llegar.
against-floor = { $from } baja hasta lo que guarda.
against-packs = Redondeado a paquetes enteros, menos
against-loss = Se pierde en el camino, por lo común:
suggestions-lead = Calculado con lo que se sabe aquí. No pasa nada hasta que las personas se ponen de acuerdo.
suggestion-yours = suya
unmet-open = Falta
unmet-in-the-way = Qué lo impide
unmet-no-stock = nadie tiene por encima de lo que guarda
unmet-shared-out = va a donde hace más falta
unmet-no-route = ninguna ruta lleva allí
unmet-nothing-cold = nada de lo que va allí lo mantiene frío
unmet-nothing-safe = nada de lo que va allí puede llevarlo
unmet-too-late = llegaría tarde
unmet-doors-shut = las puertas están cerradas esos días
unmet-dates = pasaría antes su fecha
unmet-full = lo que va allí está lleno
unmet-too-small = queda demasiado poco para el viaje
unmet-paused = { $place } lo aplazó hasta el { $day }
why-gone = Esta sugerencia ya no está al día. Lo que se sabe ha cambiado; mire las más nuevas.
why-not-less = podría, pero tiene menos por encima de lo que guarda
why-shorter = { $time } menos
why-longer-by = { $time } más
why-not-route-closed = la ruta desde allí está cerrada
against-route-closed = { $routes }; si estuviera abierta, el camino sería { $time } más corto
against-more-if-open = Podría venir más si estuviera abierta: { $routes }
why-whole-plan = Los días cuentan todas las sugerencias de este plan juntas, no solo esta carga.
why-replaced = Sustituida por sugerencias más nuevas
unmet-no-room = los almacenes de allí no tienen sitio
against-taker-full = Los almacenes de { $to } quedan llenos.
suggestions-all = Todas las sugerencias
unmet-uncounted = Que aquí se sepa, aún no se ha contado nada en { $names }. No se puede decir qué falta allí.
what-if-title = ¿Y si…?
what-if-headline = { $item }: ¿y si…?
what-if-lead = Se vuelve a planificar un artículo con otras cifras. Nada de esto se guarda ni tiene efecto.
what-if-figures = Otras cifras
what-if-answer = Qué pasaría
what-if-place = Cifras de
what-if-count = En existencia, más o menos de lo contado
what-if-keeps = Se guarda más o menos de lo acordado
what-if-asks = Se pide más o menos
what-if-room = Más espacio en cada vehículo desde y hacia allí
what-if-try = Calcular
what-if-now = Como está
what-if-then = En ese caso
what-if-same = igual
what-if-gets = recibe { $amount }
what-if-gives = da { $amount }
what-if-neither = ni recibe ni da
what-if-lasts = alcanza para { $days }
what-if-open = aún falta donde hay vidas en juego: { $amount }
what-if-hidden =
    { $n ->
        [one] { $n } lugar cuyas cantidades no puede ver se tiene en cuenta y no se muestra.
       *[other] { $n } lugares cuyas cantidades no puede ver se tienen en cuenta y no se muestran.
    }
what-if-room-left = Calculado con el espacio que dejan las demás sugerencias en vehículos y almacenes.
what-if-said-nothing = Todavía no se ha cambiado nada. Mueva un control.
what-if-said-count = { $place } tiene el { $percent } % de lo que contó de { $item }.
what-if-said-keeps = { $place } guarda el { $percent } % de lo que guarda ahora.
what-if-said-asks = { $place } pide el { $percent } % de lo que pide ahora.
what-if-said-room = Cada vehículo desde y hacia { $place } lleva { $kg } kg y otros tantos litros más.
what-if-none = No hay nada que calcular para este artículo y este lugar.
what-if-not-shown = Las cantidades de este artículo no se le muestran, así que aquí no hay nada que probar.
what-if-link = ¿Y si…?
leans-link = De qué depende
leans-title = De qué depende
leans-headline = De qué dependen las sugerencias de { $item }
leans-lead = Cada cifra se tomó un décimo más baja y un décimo más alta, y el artículo se planificó de nuevo. La de arriba es la que más importa.
leans-figure = Cifra
leans-fewer = Un décimo menos
leans-more = Un décimo más
leans-doubt = Si hay dudas
leans-stock = { $place } tiene { $amount }
leans-use = { $place } usa { $amount } al día
leans-asks = { $place } pide { $amount }
leans-seen = visto durante { $days }
leans-agreed = según lo acordado para las personas que cuenta
leans-stated = como lo dijo
leans-gets-more = { $place } recibe { $amount } más
leans-gets-less = { $place } recibe { $amount } menos
leans-lives-more = faltarían { $amount } más donde dependen vidas de ello
leans-lives-less = faltarían { $amount } menos donde dependen vidas de ello
leans-none = Nada cambia si alguna cifra de { $item } se desvía un décimo. Nadie tiene que contar antes otra vez.
leans-idle =
    { $n ->
        [one] { $n } cifra más no cambia nada. Nadie tiene que contarla antes otra vez.
       *[other] { $n } cifras más no cambian nada. Nadie tiene que contarlas antes otra vez.
    }
leans-hidden =
    { $n ->
        [one] { $n } cifra más no se probó o no se le muestra.
       *[other] { $n } cifras más no se probaron o no se le muestran.
    }
leans-asking = Pedir un recuento no mueve nada: lo sugerido sigue igual hasta que alguien haya contado.
leans-no-item = No hay sugerencias para tal artículo.
recount-ask = Pedir un recuento
recount-asked = Su comunidad pide un recuento hasta el { $day }.
recount-no-more = No pedir más
recount-title = Otros le piden contar
recount-line = { $by } le pide volver a contar { $item } en { $place }, hasta el { $day }.
recount-why = De esta cifra depende mucho en otros lugares. Contar es la respuesta; por preguntar no se le quita nada.
